import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Logger } from '../../../electron/core/ports.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (delayMs, signal) => void (await sleep(delayMs, undefined, signal ? { signal } : {})),
};
/** For waits that the test shall not sit through. */
export const hurriedClock: Clock = { nowMs: () => Date.now(), sleep: async () => void (await sleep(5)) };
export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
