import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const offlineCacheApi = ({ offlineCache }: Engine) =>
  os.offlineCache.router({
    status: os.offlineCache.status.handler(() => reply(() => offlineCache.status())),
    setLimits: os.offlineCache.setLimits.handler(({ input }) => reply(() => offlineCache.setLimits(input))),
    protect: os.offlineCache.protect.handler(({ input }) => reply(() => offlineCache.protect(input))),
    unlock: os.offlineCache.unlock.handler(({ input }) => reply(() => offlineCache.unlock(input.passphrase ?? null))),
    lock: os.offlineCache.lock.handler(() => reply(() => offlineCache.lock())),
  });
