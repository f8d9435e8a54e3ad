import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SamplerStatus } from '../../../shared/model/connection.ts';

const asked: unknown[] = [];
let mode: SamplerStatus['mode'] = 'background';
const listeners = new Map<string, () => void>();
const page = { hidden: false, addEventListener: (name: string, told: () => void) => listeners.set(name, told) };

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  };
}

/** The engine at the end of the door: it does as it is told, and says what it does. */
const link = {
  call: (path: readonly string[], input: unknown) => {
    if (path[1] === 'setMode') {
      asked.push(input);
      mode = (input as { readonly mode: SamplerStatus['mode'] }).mode;
    }
    return Promise.resolve({ ok: true, value: { mode } });
  },
};

async function openPage() {
  const { enterThrough, useServerSelection } = await import('../../../renderer/stores/client.ts');
  enterThrough({ kind: 'browser', link: () => link, reopen: () => Promise.resolve() });
  const watching = await import('../../../renderer/stores/watch-live.ts');
  watching.keepWatching();
  useServerSelection.getState().select('one');
  return { ...watching, select: (serverId: string) => useServerSelection.getState().select(serverId) };
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
const hide = (hidden: boolean) => {
  page.hidden = hidden;
  listeners.get('visibilitychange')?.();
};
const closer = { serverId: 'one', mode: 'incident', forMs: 180_000 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.stubGlobal('localStorage', storage());
  vi.stubGlobal('sessionStorage', storage());
  vi.stubGlobal('document', page);
  page.hidden = false;
  mode = 'background';
  asked.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks every minute for three more, so that a window that is gone ends it', async () => {
  const { watchLive, stopWatching } = await openPage();
  await watchLive('one');
  await minutes(3);
  expect(asked).toEqual([closer, closer, closer, closer]);
  await stopWatching('one');
  await minutes(3);
  expect(asked.slice(4)).toEqual([{ serverId: 'one', mode: 'background' }]);
});

it('asks no more once the window is hidden for minutes, or another server is looked at', async () => {
  const { watchLive, select } = await openPage();
  await watchLive('one');
  hide(true);
  await minutes(10);
  const whileHidden = asked.length;
  expect(whileHidden).toBeLessThanOrEqual(5);
  hide(false);
  await minutes(1);
  expect(asked.length).toBeGreaterThan(whileHidden);
  select('two');
  const before = asked.length;
  await minutes(5);
  select('one');
  await minutes(5);
  expect(asked).toHaveLength(before);
});

it('begins nothing anew that somebody else has ended', async () => {
  const { watchLive } = await openPage();
  await watchLive('one');
  mode = 'background';
  const { refreshSampler } = await import('../../../renderer/stores/connections.ts');
  await refreshSampler('one');
  await minutes(5);
  expect(asked).toEqual([closer]);
});

it('goes on after a reload', async () => {
  await (await openPage()).watchLive('one');
  vi.resetModules();
  await openPage();
  const { refreshSampler } = await import('../../../renderer/stores/connections.ts');
  await refreshSampler('one');
  asked.length = 0;
  await minutes(1);
  expect(asked).toContainEqual(closer);
});
