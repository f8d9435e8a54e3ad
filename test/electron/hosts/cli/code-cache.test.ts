import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeCacheDir } from '../../../../electron/hosts/cli/code-cache.mjs';
import { temporaryDir } from '../../../support/door.ts';

const bin = fileURLToPath(new URL('../../../../electron/hosts/cli/bin.mjs', import.meta.url));

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => dir.remove());

const cache = () => join(dir.path, 'daybreak', 'code');
const start = (env: Readonly<Record<string, string>> = {}) => {
  const { NODE_COMPILE_CACHE: _, ...own } = process.env;
  return spawnSync(process.execPath, [bin, '--version'], {
    encoding: 'utf8',
    env: { ...own, XDG_CACHE_HOME: dir.path, ...env },
  });
};
const onPosix = test.skipIf(process.platform === 'win32' || process.platform === 'darwin');

test('lies where each system keeps what may be deleted', () => {
  expect(codeCacheDir({}, 'linux', '/home/ada')).toBe(join('/home/ada', '.cache', 'daybreak', 'code'));
  expect(codeCacheDir({ XDG_CACHE_HOME: '/var/cache/ada' }, 'linux', '/home/ada')).toBe(
    join('/var/cache/ada', 'daybreak', 'code'),
  );
  expect(codeCacheDir({ XDG_CACHE_HOME: 'not/absolute' }, 'linux', '/home/ada')).toContain('.cache');
  expect(codeCacheDir({}, 'darwin', '/Users/ada')).toBe(join('/Users/ada', 'Library', 'Caches', 'Daybreak', 'code'));
  expect(codeCacheDir({ LOCALAPPDATA: 'C:\\local' }, 'win32', 'C:\\ada')).toContain('Daybreak');
});

onPosix('keeps what a start compiled, for this user alone', () => {
  expect(start()).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(cache())).not.toEqual([]);
  expect(statSync(cache()).mode & 0o077).toBe(0);
  expect(start()).toMatchObject({ status: 0, stderr: '' });
});

// Only root can give a folder away.
test.skipIf(process.getuid?.() !== 0)('leaves alone a folder of somebody else, whose code it would run', () => {
  mkdirSync(cache(), { recursive: true });
  chownSync(cache(), 12_345, 12_345);
  expect(start()).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(cache())).toEqual([]);
});

onPosix('does without where a person says so, or nothing can be written', () => {
  expect(start({ NODE_DISABLE_COMPILE_CACHE: '1' })).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(cache())).toBe(false);
  expect(start({ XDG_CACHE_HOME: '/dev/null' })).toMatchObject({ status: 0, stderr: '' });
});
