/** The environment as one value, read once at the start. */

export const LEVELS = /** @type {const} */ (['debug', 'info', 'warn', 'error']);

/** @typedef {typeof LEVELS[number]} Level */
/** @typedef {{ readonly port: number, readonly logLevel: Level }} Config */

/**
 * Read what is set and refuse what makes no sense, by name.
 * @param {Record<string, string | undefined>} environment
 * @returns {Config}
 */
export function readConfig({ PORT = '${{ values.port }}', LOG_LEVEL = 'info' }) {
  const port = /^\d{1,5}$/.test(PORT) ? Number(PORT) : 0;
  if (port < 1 || port > 65_535) {
    throw new RangeError(`PORT: "${PORT}" is not a port. Use a number from 1 to 65535.`);
  }
  const logLevel = LEVELS.find((level) => level === LOG_LEVEL.toLowerCase());
  if (logLevel === undefined) {
    throw new RangeError(`LOG_LEVEL: "${LOG_LEVEL}" is unknown. Use one of ${LEVELS.join(', ')}.`);
  }
  return { port, logLevel };
}
