/** The routes. Start here. */

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {{ status: number, body: unknown }} Answer */
/** @typedef {(request: Request) => Answer | Promise<Answer>} Handler */

const ABOUT = { service: '${{ values.name }}', version: '0.1.0' };

/** @type {Record<string, Handler>} */
const ROUTES = {
  'GET /': () => ({ status: 200, body: ABOUT }),
  'GET /healthz': () => ({ status: 200, body: { status: 'ok' } }),
};

/**
 * A server that logs one line a request, with an id that the caller may choose and always gets back.
 * @param {import('./log.js').Log} log
 * @param {Record<string, Handler>} routes
 */
export function createApp(log, routes = ROUTES) {
  return createServer(async (request, response) => {
    const started = performance.now();
    const given = String(request.headers['x-request-id'] ?? '');
    const id = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const handler = routes[`${request.method} ${path}`] ?? notFound;

    const { status, body } = await Promise.resolve(request)
      .then(handler)
      .catch((error) => {
        log.error('failed', { request_id: id, path, error: String(error?.stack ?? error) });
        return { status: 500, body: { error: 'internal error', request_id: id } };
      });

    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': id });
    response.end(JSON.stringify(body));
    // The health check would drown everything else.
    log[path === '/healthz' ? 'debug' : 'info']('request', {
      request_id: id,
      method: request.method,
      path,
      status,
      milliseconds: Math.round(performance.now() - started),
    });
  });
}

/** @type {Handler} */
const notFound = () => ({ status: 404, body: { error: 'not found' } });
