import { openHistory } from '../../../../electron/core/history/open-history.ts';
import { numberAt } from './saved-result.ts';

/** A process that saves a number after the other to the store of argv[2] until it is killed, and tells which are saved. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const { dashboards } = await openHistory({ file: process.argv[2] ?? '', logger: quiet });
for (let minute = 1; ; minute += 1) {
  await dashboards.saveResult('d', 'live', numberAt(minute, String(minute)), Date.now());
  process.send?.(minute);
}
