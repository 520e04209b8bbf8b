import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { annotation, readNumber, readText, writeOutput } from '../src/runner.js';

test('an input is read as the runner passes it', () => {
  assert.equal(readText({ INPUT_PATH: ' src ' }, 'path'), 'src');
  assert.equal(readNumber({ 'INPUT_LIMIT-KILOBYTES': '1.5' }, 'limit-kilobytes'), 1.5);
});

test('an input that is missing or no number is refused by name', () => {
  assert.throws(() => readText({}, 'path'), /^Error: path: /);
  assert.throws(() => readNumber({ INPUT_LIMIT: '-1' }, 'limit'), /^Error: limit: "-1"/);
});

test('a value cannot end its output and begin another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  const file = join(folder, 'output');
  writeOutput('largest', 'a\nEOF\ncount=7', file);
  const lines = readFileSync(file, 'utf8').split('\n');
  assert.equal(lines[0], `largest<<${lines.at(-2)}`);
  assert.equal(lines.filter((line) => line === lines.at(-2)).length, 1);
  rmSync(folder, { recursive: true });
});

test('a file name cannot become a command', () => {
  const line = annotation('error', '50%\n::stop-commands::x', 'a,b:c\n.bin');
  assert.equal(line, '::error file=a%2Cb%3Ac%0A.bin::50%25%0A::stop-commands::x');
});
