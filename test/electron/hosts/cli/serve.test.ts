import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { daybreak, startCli } from '../../../support/cli.ts';
import { temporaryDir } from '../../../support/door.ts';

/** Interrupts a start that holds its profile and is loading its engine; null: the engine was there before. */
async function interrupted(profile: string): Promise<{ readonly ended: unknown; readonly said: string } | null> {
  const server = startCli(['serve'], { profile });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const lock = join(profile, 'engine.lock');
  await vi.waitFor(() => expect(existsSync(lock)).toBe(true), { timeout: 60_000, interval: 1 });
  const late = said !== '';
  server.kill('SIGINT');
  const ended = await once(server, 'exit');
  return late ? null : { ended, said };
}

test('a start that is interrupted tells no address, and leaves a profile that the next one takes', async () => {
  const dir = temporaryDir();
  try {
    // A busy machine may look too late.
    let found = await interrupted(dir.path);
    for (let again = 0; found === null && again < 5; again += 1) found = await interrupted(dir.path);
    expect(found).toEqual({ ended: [130, null], said: '' });
    expect(readdirSync(dir.path).filter((name) => name.includes('lock'))).toEqual([]);
    const { code } = await daybreak(['call', 'system.info'], { profile: dir.path });
    expect(code).toBe(0);
  } finally {
    dir.remove();
  }
});
