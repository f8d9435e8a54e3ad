import { onTestFinished, describe, expect, test } from 'vitest';
import { Alerts } from '../../../../electron/core/alerts/alerts.ts';
import { createEvents } from '../../../../electron/core/events.ts';
import type { Ports } from '../../../../electron/core/ports.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { openTestHistory, quiet } from '../history/store.ts';
import { minuteMs, seven } from './some-alerts.ts';

/** An engine whose minutes pass as fast as it sleeps them. */
async function watching(list: () => Promise<ServerSummary[]>) {
  const time = { nowMs: seven, longestSleepMs: 0 };
  const ports: Ports = {
    clock: {
      nowMs: () => time.nowMs,
      steadyMs: () => time.nowMs - seven,
      sleep: async (delayMs, signal) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        signal?.throwIfAborted();
        time.longestSleepMs = Math.max(time.longestSleepMs, delayMs);
        time.nowMs += delayMs;
      },
    },
    secrets: { kind: 'memory', get: async () => null, set: async () => undefined, remove: async () => undefined },
    notifier: { notify: () => undefined },
    paths: { profileDir: '/nowhere', resourcesDir: '/nowhere' },
    logger: quiet,
    actor: 'anna (test)',
  };
  const gone = async () => {
    throw new Failure({ code: 'not_found', message: 'There is no such connection.' });
  };
  const alerts = new Alerts({
    ports,
    history: await openTestHistory(),
    events: createEvents(),
    servers: {
      list,
      isOpen: () => false,
      stored: async () => ({ serverId: 'erp' }) as never,
      server: gone,
      serverOrNull: gone,
    },
  });
  onTestFinished(() => alerts.stop());
  return { alerts, time };
}

describe('watching', () => {
  test('goes on after the store has failed once, and says so meanwhile', async () => {
    let asked = 0;
    let broken = true;
    const { alerts, time } = await watching(async () => {
      asked += 1;
      if (broken) throw new Error('the disk is full');
      return [];
    });
    alerts.start();
    const startedMs = time.nowMs;
    await expect.poll(() => time.nowMs - startedMs, { timeout: 5_000 }).toBeGreaterThan(10 * minuteMs);
    expect(asked).toBeGreaterThanOrEqual(10);
    const seen = await alerts.watching('erp');
    expect(seen).toMatchObject({ problem: 'the disk is full', lastLookAgoMs: null });
    expect(seen.lastRoundAgoMs).toBeGreaterThan(9 * minuteMs);
    broken = false;
    await expect.poll(() => alerts.watching('erp'), { timeout: 5_000 }).toMatchObject({ problem: null });
    expect((await alerts.watching('erp')).lastRoundAgoMs).toBeLessThanOrEqual(minuteMs);
  });

  test('comes round every minute, also where the clock is set back in the middle of a look', async () => {
    let asked = 0;
    const { alerts, time } = await watching(async () => {
      asked += 1;
      if (asked === 2) time.nowMs -= 60 * minuteMs;
      return [];
    });
    alerts.start();
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(4);
    expect(time.longestSleepMs).toBeLessThanOrEqual(minuteMs);
  });

  test('is not claimed by an engine that lives for one call', async () => {
    const { alerts } = await watching(async () => []);
    expect(await alerts.watching('erp')).toEqual({ lastRoundAgoMs: null, lastLookAgoMs: null, problem: null });
  });
});
