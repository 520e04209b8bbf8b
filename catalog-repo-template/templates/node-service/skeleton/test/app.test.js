import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createApp } from '../src/app.js';
import { createLog } from '../src/log.js';

/** @type {Record<string, unknown>[]} */
const lines = [];
const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
const server = createApp(log);
let origin = '';

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  origin = `http://127.0.0.1:${address.port}`;
});

after(() => server.close());

test('it is healthy', async () => {
  const response = await fetch(`${origin}/healthz`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

test('it says which service it is', async () => {
  const about = await (await fetch(origin)).json();
  assert.equal(about.service, '${{ values.name }}');
});

test('what is not there is not found, and logged', async () => {
  const response = await fetch(`${origin}/nowhere?a=b`);
  assert.equal(response.status, 404);
  await response.text();
  const { path, status, method } = lines.at(-1) ?? {};
  assert.deepEqual({ path, status, method }, { path: '/nowhere', status: 404, method: 'GET' });
});

test('a method that is not there is not found', async () => {
  const response = await fetch(origin, { method: 'POST', body: 'x' });
  assert.equal(response.status, 404);
});

test('a request id is given back', async () => {
  const response = await fetch(origin, { headers: { 'x-request-id': 'abc-123' } });
  assert.equal(response.headers.get('x-request-id'), 'abc-123');
});

test('a malformed request id is replaced', async () => {
  const response = await fetch(origin, { headers: { 'x-request-id': 'a b'.repeat(100) } });
  assert.match(response.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/);
});

test('a failure is told apart and gives nothing away', async () => {
  const broken = createApp(log, {
    'GET /': () => {
      throw new Error('the password is hunter2');
    },
  });
  await once(broken.listen(0, '127.0.0.1'), 'listening');
  const address = broken.address();
  assert(address !== null && typeof address === 'object');
  const response = await fetch(`http://127.0.0.1:${address.port}/`);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /hunter2/);
  broken.close();
});
