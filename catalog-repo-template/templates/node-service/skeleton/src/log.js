/** Log lines as JSON on standard output, one object a line. */

import process from 'node:process';
import { LEVELS } from './config.js';

/** @typedef {import('./config.js').Level} Level */
/** @typedef {(message: string, fields?: Record<string, unknown>) => void} Write */
/** @typedef {Record<Level, Write>} Log */

/**
 * @param {Level} lowest
 * @param {{ write(line: string): unknown }} out
 * @returns {Log}
 */
export function createLog(lowest, out = process.stdout) {
  /** @param {Level} level @returns {Write} */
  const writer = (level) => (message, fields) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return;
    out.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}
