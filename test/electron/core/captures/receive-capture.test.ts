import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { receiveCapture, type CapturePart } from '../../../../electron/core/captures/receive-capture.ts';
import { testFolder } from '../history/store.ts';

const uploadId = '5f0c2d8e-8a53-4c1b-9a7e-0f3a1b2c4d5e';
let folder: string;
beforeEach(async () => {
  folder = join(await testFolder(), 'captures');
});

const send = (part: Partial<CapturePart>, mostBytes?: number) =>
  receiveCapture(folder, { uploadId, offset: 0, bytes: Buffer.from('x'), last: false, ...part }, Date.now(), mostBytes);
const refused = (message: RegExp) => ({ value: { code: 'invalid_input', message: expect.stringMatching(message) } });

test('a file that is no capture is not kept, and its refusal names no file that nobody knows', async () => {
  for (const bytes of [Buffer.from('a spreadsheet'), gzipSync('nothing'), Buffer.alloc(0)]) {
    await send({ bytes, last: true }).then(
      () => expect.unreachable('taken'),
      (error: { readonly value: { readonly code: string; readonly message: string } }) => {
        expect(error.value.code).toBe('invalid_input');
        expect(error.value.message).not.toContain('.part');
      },
    );
    expect(await readdir(folder)).toEqual([]);
  }
});

test('a part that is missing, comes twice or is too much ends the upload, and nothing is left', async () => {
  await expect(send({ offset: 5 })).rejects.toMatchObject(refused(/order/));
  for (const next of [{ offset: 0 }, { offset: 2 }]) {
    await send({});
    await expect(send(next)).rejects.toMatchObject(refused(/order/));
    expect(await readdir(folder)).toEqual([]);
  }
  await send({}, 2);
  await expect(send({ offset: 1, bytes: Buffer.from('yz') }, 2)).rejects.toMatchObject(refused(/longer than 2 bytes/));
  expect(await readdir(folder)).toEqual([]);
  await expect(send({ uploadId: '../../../../../../../../../etc/passwd' })).rejects.toMatchObject(refused(/UUID/));
});

test('an upload that nobody went on with is given up with the next one; other files stay', async () => {
  await send({});
  const [name] = await readdir(folder);
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, name!), longAgo, longAgo);
  await writeFile(join(folder, 'mine.daybreak'), 'mine');
  const other = '00000000-0000-4000-8000-000000000000';
  await send({ uploadId: other });
  expect((await readdir(folder)).toSorted()).toEqual(['mine.daybreak', `receiving-${other}.part`]);
  expect(await readFile(join(folder, 'mine.daybreak'), 'utf8')).toBe('mine');
});
