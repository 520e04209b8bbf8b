import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../src/log.js';

test('a line is one JSON object', () => {
  /** @type {string[]} */
  const lines = [];
  createLog('info', { write: (line) => lines.push(line) }).info('paid\ntwice', { order: 7 });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^[^\n]+\n$/);
  const { level, message, order } = JSON.parse(lines[0] ?? '');
  assert.deepEqual({ level, message, order }, { level: 'info', message: 'paid\ntwice', order: 7 });
});

test('what is below the level is not written', () => {
  /** @type {string[]} */
  const lines = [];
  createLog('warn', { write: (line) => lines.push(line) }).info('quiet');
  assert.deepEqual(lines, []);
});
