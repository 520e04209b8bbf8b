/** Ask the running service whether it is well: `node src/health.js`, for the container. */

import process from 'node:process';
import { readConfig } from './config.js';

const { port } = readConfig(process.env);

try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
    signal: AbortSignal.timeout(2_000),
  });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
