/** What the action is about. Start here. Knows nothing of runners. */

import { lstat, readdir } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

const LEFT_OUT = new Set(['.git', 'node_modules']);

/** @typedef {{ readonly path: string, readonly bytes: number }} Found */

/**
 * The files above a size, the largest first. Links are not followed: they could lead anywhere.
 * @param {string} folder
 * @param {number} limit in bytes
 * @returns {Promise<Found[]>}
 */
export async function findLargeFiles(folder, limit) {
  const sizes = await Promise.all((await listFiles(folder)).map(measure));
  return sizes
    .filter(({ bytes }) => bytes > limit)
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function listFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : listFiles(path);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(lists)).flat();
}

/**
 * @param {string} path
 * @returns {Promise<Found>}
 */
async function measure(path) {
  const { size } = await lstat(path);
  return { path: path.split(sep).join(posix.sep), bytes: size };
}
