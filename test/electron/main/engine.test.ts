import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openProfileEngine } from '../../../electron/hosts/profile/open-engine.ts';
import { installation } from '../../../electron/hosts/installation.ts';
import { silentLogger, temporaryDir } from '../../support/door.ts';
import { utilityProcess } from '../../support/electron-stand-in/utility-process.ts';

const entry = fileURLToPath(new URL('../../../electron/main/engine.ts', import.meta.url));

test.skipIf(process.platform === 'win32')(
  'a Ctrl-C that reaches the engine too leaves it to its parent, and it ends cleanly',
  async () => {
    const profile = temporaryDir();
    const engine = utilityProcess.fork(entry, [], { stdio: 'inherit' });
    const exited = once(engine, 'exit');
    engine.postMessage({
      type: 'start',
      profileDir: profile.path,
      resourcesDir: installation().resourcesDir,
      secretStore: 'memory',
      logLevel: 'warn',
    });
    expect(await once(engine, 'message')).toMatchObject([{ type: 'ready', kind: 'own' }]);
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.kill(engine.pid ?? 0, signal);
    engine.postMessage({ type: 'stop' });
    expect(await exited).toEqual([0]);
    expect(existsSync(join(profile.path, 'engine.lock'))).toBe(false);
    profile.remove();
  },
);

test('an alert for this machine becomes a notification of the desktop, without any window', async () => {
  const profile = temporaryDir();
  const engine = utilityProcess.fork(entry, [], { stdio: 'inherit' });
  const exited = once(engine, 'exit');
  const { resourcesDir } = installation();
  engine.postMessage({
    type: 'start',
    profileDir: profile.path,
    resourcesDir,
    secretStore: 'memory',
    logLevel: 'warn',
  });
  await once(engine, 'message');
  const attached = await openProfileEngine({
    profileDir: profile.path,
    logger: silentLogger,
    startCore: () => Promise.reject(new Error('the engine of this profile runs already')),
  });
  const told = once(engine, 'message');
  expect(await attached.client.alerts.test({ channelId: 'desktop' })).toMatchObject({ ok: true });
  expect(await told).toMatchObject([{ type: 'notify', title: 'Daybreak: a test' }]);
  await attached.close();
  engine.postMessage({ type: 'stop' });
  expect(await exited).toEqual([0]);
  profile.remove();
});
