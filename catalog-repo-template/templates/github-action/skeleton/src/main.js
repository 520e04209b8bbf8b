/** What the runner starts: read the inputs, look, report. */

import process from 'node:process';
import { findLargeFiles } from './files.js';
import { annotate, readNumber, readText, writeOutput } from './runner.js';

try {
  const folder = readText(process.env, 'path');
  const limit = readNumber(process.env, 'limit-kilobytes');
  const large = await findLargeFiles(folder, limit * 1000);

  for (const { path, bytes } of large) {
    annotate('error', `${Math.ceil(bytes / 1000)} kB; the limit is ${limit} kB`, path);
  }
  writeOutput('count', String(large.length));
  writeOutput('largest', large[0]?.path ?? '');
  if (large.length > 0) process.exitCode = 1;
} catch (error) {
  annotate('error', error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
