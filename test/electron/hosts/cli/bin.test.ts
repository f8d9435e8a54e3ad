import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineFlags } from '../../../../electron/hosts/cli/engine-flags.mjs';
import { temporaryDir } from '../../../support/door.ts';

/**
 * An installation of its own, with an old Node: a preload that changes what `process.versions` and `features` say,
 * which is all that bin.mjs looks at.
 */
let dir: ReturnType<typeof temporaryDir>;
const bin = fileURLToPath(new URL('../../../../electron/hosts/cli/bin.mjs', import.meta.url));
const cli = () => join(dir.path, 'electron', 'hosts', 'cli');

beforeEach(() => {
  dir = temporaryDir();
  mkdirSync(cli(), { recursive: true });
  for (const file of ['bin.mjs', 'code-cache.mjs', 'engine-flags.mjs'])
    cpSync(join(dirname(bin), file), join(cli(), file));
  writeFileSync(join(cli(), 'daybreak.ts'), "const said: string = 'from source'; console.log(said, process.argv[2]);");
  writeFileSync(
    join(dir.path, 'old-node.cjs'),
    "if (!process.env.NEW) Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9' } });",
  );
});
afterEach(() => dir.remove());

const run = (cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, [...args, join(cwd, 'bin.mjs'), 'hello'], { encoding: 'utf8' });
const asOldNode = () => ['--require', join(dir.path, 'old-node.cjs')];

test('runs the sources where they are', () => {
  expect(run(cli())).toMatchObject({ status: 0, stdout: 'from source hello\n', stderr: '' });
});

test('on an old Node says one sentence and exits 1', () => {
  const { status, stdout, stderr } = run(cli(), ...asOldNode());
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^daybreak needs Node 24 .*\n$/);
});

test('on an old Node hands over to the Node that npm installed, with arguments and exit code', () => {
  const node = join(dir.path, 'node_modules', 'node', 'bin');
  mkdirSync(node, { recursive: true });
  writeFileSync(join(node, 'node'), `#!/bin/sh\nNEW=1 exec ${process.execPath} "$@"\n`);
  chmodSync(join(node, 'node'), 0o755);
  expect(run(cli(), ...asOldNode())).toMatchObject({ status: 0, stdout: 'from source hello\n' });
  writeFileSync(join(cli(), 'daybreak.ts'), 'process.exit(7);');
  expect(run(cli(), ...asOldNode())).toMatchObject({ status: 7 });
});

test('below node_modules, where Node strips no types, runs the bundle', () => {
  const installed = join(dir.path, 'project', 'node_modules', 'daybreak');
  mkdirSync(join(installed, 'out', 'main'), { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{"type":"module"}');
  writeFileSync(join(installed, 'out', 'main', 'daybreak.js'), "console.log('from the bundle');");
  cpSync(join(dir.path, 'electron'), join(installed, 'electron'), { recursive: true });
  mkdirSync(join(dir.path, 'links'));
  // npm links the bin; Node resolves the link before import.meta.url is made.
  symlinkSync(join(installed, 'electron', 'hosts', 'cli', 'bin.mjs'), join(dir.path, 'links', 'bin.mjs'));
  expect(run(join(dir.path, 'links'))).toMatchObject({ status: 0, stdout: 'from the bundle\n' });
});

test.skipIf(process.platform === 'win32')('starts an engine that goes on for days with its flags, and no other', () => {
  writeFileSync(join(cli(), 'daybreak.ts'), 'console.log(JSON.stringify([process.pid, process.execArgv]));');
  const started = (command: string) => {
    const child = spawnSync(process.execPath, ['--no-warnings', join(cli(), 'bin.mjs'), command], { encoding: 'utf8' });
    expect(child).toMatchObject({ status: 0, stderr: '' });
    const [pid, flags] = JSON.parse(child.stdout) as [number, string[]];
    // The same process: whoever sent a signal to it, or reads its lock file, means this one.
    expect(pid).toBe(child.pid);
    return flags;
  };
  expect(started('agent')).toEqual([...engineFlags, '--no-warnings']);
  expect(started('call')).toEqual(['--no-warnings']);
});
