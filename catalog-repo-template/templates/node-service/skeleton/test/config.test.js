import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.js';

test('nothing needs to be set', () => {
  assert.deepEqual(readConfig({}), { port: ${{ values.port }}, logLevel: 'info' });
});

test('the environment decides', () => {
  const config = readConfig({ PORT: '9001', LOG_LEVEL: 'DEBUG' });
  assert.deepEqual(config, { port: 9001, logLevel: 'debug' });
});

for (const [name, value] of [
  ['PORT', 'http'],
  ['PORT', '0'],
  ['PORT', '70000'],
  ['PORT', ''],
  ['LOG_LEVEL', 'loud'],
]) {
  test(`${name}="${value}" is refused by name`, () => {
    const refusal = new RegExp(`^RangeError: ${name}: `);
    assert.throws(() => readConfig({ [String(name)]: value }), refusal);
  });
}
