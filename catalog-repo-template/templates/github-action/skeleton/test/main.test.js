import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** @param {Record<string, string>} inputs */
function run(inputs) {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const output = join(folder, 'output');
  writeFileSync(output, '');
  writeFileSync(join(folder, 'large.bin'), 'x'.repeat(5000));
  const env = { PATH: process.env.PATH ?? '', GITHUB_OUTPUT: output, ...inputs };
  const { status, stdout } = spawnSync(process.execPath, [main], { cwd: folder, env });
  const written = readFileSync(output, 'utf8');
  rmSync(folder, { recursive: true });
  return { status, log: String(stdout), written };
}

test('a large file fails the step and is pointed at', () => {
  const { status, log, written } = run({ INPUT_PATH: '.', 'INPUT_LIMIT-KILOBYTES': '4' });
  assert.equal(status, 1);
  assert.equal(log, '::error file=large.bin::5 kB; the limit is 4 kB\n');
  assert.match(written, /^count<<(.+)\n1\n\1\nlargest<<(.+)\nlarge\.bin\n\2\n$/);
});

test('small files pass', () => {
  const { status, log } = run({ INPUT_PATH: '.', 'INPUT_LIMIT-KILOBYTES': '5' });
  assert.deepEqual({ status, log }, { status: 0, log: '' });
});

test('nonsense is said without a stack', () => {
  const { status, log } = run({ INPUT_PATH: '.', 'INPUT_LIMIT-KILOBYTES': 'some' });
  assert.equal(status, 1);
  assert.equal(log, '::error::limit-kilobytes: "some" is not a number.\n');
});
