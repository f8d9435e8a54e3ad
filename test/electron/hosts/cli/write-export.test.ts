import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeExport } from '../../../../electron/hosts/cli/write-export.ts';
import { testFolder } from '../../core/history/store.ts';

const bytes = Buffer.from('%PDF-');
let folder: string;
beforeEach(async () => {
  folder = await testFolder();
});

describe('a file that is exported', () => {
  it('takes the suggested name in a folder, and its own elsewhere', async () => {
    const suggested = await writeExport({ out: folder, fileName: 'sales.pdf', force: false }, bytes);
    expect(suggested).toBe(join(folder, 'sales.pdf'));
    const own = await writeExport({ out: join(folder, 'q4.pdf'), fileName: 'sales.pdf', force: false }, bytes);
    expect(await readFile(own)).toEqual(bytes);
    expect((await readdir(folder)).toSorted()).toEqual(['q4.pdf', 'sales.pdf']);
  });

  it('replaces another one only where that was asked for', async () => {
    const out = join(folder, 'sales.pdf');
    await writeFile(out, 'before');
    await expect(writeExport({ out, fileName: 'x', force: false }, bytes)).rejects.toMatchObject({
      value: { code: 'invalid_input', message: expect.stringContaining('is there already') },
    });
    expect(await readFile(out, 'utf8')).toBe('before');
    await writeExport({ out, fileName: 'x', force: true }, bytes);
    expect(await readFile(out)).toEqual(bytes);
    expect(await readdir(folder)).toEqual(['sales.pdf']);
  });

  it('says that its folder is missing, or is none', async () => {
    await expect(
      writeExport({ out: join(folder, 'no', 'a.pdf'), fileName: 'x', force: false }, bytes),
    ).rejects.toMatchObject({ value: { code: 'storage_failed', message: expect.stringContaining('does not exist') } });
    await writeFile(join(folder, 'file'), '');
    await expect(
      writeExport({ out: join(folder, 'file', 'a'), fileName: 'x', force: false }, bytes),
    ).rejects.toMatchObject({ value: { code: 'storage_failed' } });
  });

  it('says that the disk is full, and leaves nothing behind', async () => {
    const full = join(folder, 'full');
    await mkdir(full);
    const noRoom = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const write = async () => {
      throw noRoom;
    };
    await expect(writeExport({ out: full, fileName: 'a.pdf', force: false }, bytes, write)).rejects.toMatchObject({
      value: { code: 'storage_failed', message: expect.stringMatching(/no room .* takes 5 bytes/) },
    });
    expect(await readdir(full)).toEqual([]);
  });
});
