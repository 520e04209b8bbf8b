/** Serve until told to stop: `npm start`. */

import process from 'node:process';
import { createApp } from './app.js';
import { readConfig } from './config.js';
import { createLog } from './log.js';

const config = readConfig(process.env);
const log = createLog(config.logLevel);
const server = createApp(log);

server.listen(config.port, () => log.info('listening', { port: config.port }));

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    log.info('stopping', { signal });
    // Answers what has been asked, refuses what is new.
    server.close(() => log.info('stopped'));
    setTimeout(() => process.exit(1), 10_000).unref();
  });
}
