import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findLargeFiles } from '../src/files.js';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  await mkdir(join(folder, 'deep', '.git'), { recursive: true });
  await writeFile(join(folder, 'small.txt'), 'x'.repeat(10));
  await writeFile(join(folder, 'large.bin'), 'x'.repeat(200));
  await writeFile(join(folder, 'deep', 'larger.bin'), 'x'.repeat(300));
  await writeFile(join(folder, 'deep', '.git', 'pack'), 'x'.repeat(400));
  await symlink('/', join(folder, 'deep', 'root'));
});

after(() => rm(folder, { recursive: true }));

test('the largest file comes first, and small ones not at all', async () => {
  assert.deepEqual(await findLargeFiles(folder, 100), [
    { path: `${folder}/deep/larger.bin`, bytes: 300 },
    { path: `${folder}/large.bin`, bytes: 200 },
  ]);
});

test('a file of exactly the limit is small enough', async () => {
  assert.deepEqual(await findLargeFiles(folder, 300), []);
});

test('a folder that is not there is said', async () => {
  await assert.rejects(findLargeFiles(join(folder, 'nowhere'), 1), /nowhere/);
});
