import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSecrets } from '../../../electron/hosts/file-secrets.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import { listeningLogger, silentLogger, temporaryDir } from '../../support/door.ts';

let dir: ReturnType<typeof temporaryDir>;
let file: string;
beforeEach(() => {
  dir = temporaryDir();
  file = join(dir.path, 'agent-secrets.json');
});
afterEach(() => dir.remove());

const open = (given: readonly string[] = []) => fileSecrets(file, { given, logger: silentLogger });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (isFailure(error) ? error.value : String(error)),
  );
const onPosix = test.skipIf(process.platform === 'win32');

describe('passwords in a file', () => {
  test('outlive the engine, each until it is removed', async () => {
    const store = await open();
    expect([store.kind, store.notice]).toEqual(['file', null]);
    await Promise.all([store.set('server:a', 'hunter2'), store.set('alert-channel:b', 'other')]);
    await store.remove('server:a');
    const later = await open();
    expect([await later.get('server:a'), await later.get('alert-channel:b')]).toEqual([null, 'other']);
  });

  test('are not written where the engine is given them at each start', async () => {
    await (await open()).set('server:a', 'of last year');
    const store = await open(['from the environment']);
    await store.set('server:a', 'from the environment');
    expect(await store.get('server:a')).toBe('from the environment');
    expect(readFileSync(file, 'utf8')).not.toContain('environment');
    await store.remove('server:a');
    expect(await store.get('server:a')).toBeNull();
    expect(await (await open()).get('server:a')).toBeNull();
  });

  onPosix('are private, in a folder that is', async () => {
    file = join(dir.path, 'kept', 'secrets.json');
    await (await open()).set('server:a', 'hunter2');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir.path, 'kept')).mode & 0o777).toBe(0o700);
  });

  onPosix.each([0o640, 0o604, 0o666])('are refused where others can read them (%o), also later on', async (mode) => {
    const store = await open();
    await store.set('server:a', 'hunter2');
    chmodSync(file, mode);
    const words = {
      code: 'not_available',
      message: expect.stringContaining('is open to others'),
      action: `chmod 600 ${file}`,
    };
    expect(await refusal(open())).toMatchObject(words);
    expect(await refusal(store.get('server:a'))).toMatchObject(words);
    expect(await refusal(store.set('server:b', 'other'))).toMatchObject(words);
    chmodSync(file, 0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'server:a': 'hunter2' });
    expect(await store.get('server:a')).toBe('hunter2');
  });

  onPosix('are refused in a folder where others can put another file', async () => {
    const folder = join(dir.path, 'shared');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    file = join(folder, 'secrets.json');
    expect(await refusal(open())).toMatchObject({ code: 'not_available', action: `chmod 700 ${folder}` });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['cut off in the middle', '{"server:a": "hunter2'],
    ['of another shape', '{"server:a": ["hunter2"]}'],
  ])('in a file %s are put aside, and that is said without them', async (_what, content) => {
    writeFileSync(file, content, { mode: 0o600 });
    const logger = listeningLogger();
    const store = await fileSecrets(file, { logger });
    const [aside] = readdirSync(dir.path);
    expect(readFileSync(join(dir.path, aside ?? ''), 'utf8')).toBe(content);
    expect(store.notice).toContain(`put aside as ${join(dir.path, aside ?? '')}`);
    expect(JSON.stringify([store.notice, logger.lines])).not.toContain('hunter2');
    await store.set('server:b', 'other');
    expect(await (await open()).get('server:b')).toBe('other');
  });

  test('in a place that cannot be used are said to be, and with which file', async () => {
    writeFileSync(join(dir.path, 'taken'), '');
    file = join(dir.path, 'taken', 'secrets.json');
    expect(await refusal(open())).toMatchObject({ code: 'storage_failed', message: expect.stringContaining(file) });
  });

  test('are the old ones or the new ones after a kill at any moment', async () => {
    const module = fileURLToPath(new URL('../../../electron/hosts/file-secrets.ts', import.meta.url));
    const filler = 'x'.repeat(200_000);
    const script = `
      const { fileSecrets } = await import(${JSON.stringify(module)});
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      const store = await fileSecrets(process.argv[1], { logger });
      for (let turn = 0; ; turn += 1) {
        await store.set('one', turn + 'x'.repeat(${filler.length}));
        if (turn === 0) console.log('writing');
      }`;
    for (let kill = 0; kill < 5; kill += 1) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', script, file], { stdio: 'pipe' });
      await once(writer.stdout, 'data');
      await delay(kill * 7);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const store = await open();
      expect(store.notice).toBeNull();
      expect((await store.get('one'))?.replace(/^\d+/, '')).toBe(filler);
      await store.set('two', 'after the kill');
      expect(await store.get('two')).toBe('after the kill');
    }
  });
});
