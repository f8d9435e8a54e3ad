import { openHistory } from '../../../../../electron/core/history/open-history.ts';
import { numberAt } from '../../history/saved-result.ts';

/** A process that turns encryption on over the store of argv[2] and is killed in the middle of it; argv[3]: the keys. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const [, , file = '', publicPart = '{}'] = process.argv;
const { dashboards, offlineCache } = await openHistory({ file, logger: quiet });
const { keyId, publicKey } = JSON.parse(publicPart) as { keyId: string; publicKey: string };
for (let minute = 1; minute <= 50; minute += 1)
  await dashboards.saveResult('d', 'live', numberAt(minute, String(minute)), Date.now(), `f${minute % 10}`);
const settings = await offlineCache.settings();
await offlineCache.saveSettings({ ...settings, seal: { kind: 'system', leaving: false, keyId, publicKey } });
const sealing = offlineCache.seal();
for (;;) {
  const { sealed, open } = await offlineCache.usage();
  if (sealed > 0 && open > 0) process.kill(process.pid, 'SIGKILL');
  if (open === 0) break;
}
await sealing;
process.exit(3);
