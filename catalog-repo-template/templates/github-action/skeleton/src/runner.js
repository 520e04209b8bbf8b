/** The runner's side: inputs from the environment, outputs to its file, annotations to its log. */

import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * @param {Environment} environment
 * @param {string} name
 */
export function readText(environment, name) {
  const value = environment[`INPUT_${name.toUpperCase()}`]?.trim();
  if (!value) throw new Error(`${name}: nothing is given.`);
  return value;
}

/**
 * @param {Environment} environment
 * @param {string} name
 */
export function readNumber(environment, name) {
  const value = readText(environment, name);
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`${name}: "${value}" is not a number.`);
  return Number(value);
}

/**
 * A random delimiter, so that no value can end itself and begin another output.
 * @param {string} name
 * @param {string} value
 */
export function writeOutput(name, value, file = process.env.GITHUB_OUTPUT) {
  if (!file) return;
  const delimiter = randomUUID();
  appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/**
 * A line that the runner shows on the file; what is in it cannot become a command.
 * @param {'error' | 'warning' | 'notice'} level
 * @param {string} message
 * @param {string} [path]
 */
export function annotation(level, message, path) {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  if (path === undefined) return `::${level}::${text}`;
  const file = path
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
  return `::${level} file=${file}::${text}`;
}

/** @type {(...line: Parameters<typeof annotation>) => void} */
export function annotate(...line) {
  process.stdout.write(`${annotation(...line)}\n`);
}
