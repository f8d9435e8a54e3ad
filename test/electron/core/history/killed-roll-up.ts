import { openHistory } from '../../../../electron/core/history/open-history.ts';
import { deltaSet, keyOf } from './store.ts';

/** A process that stores a minute after the other, ten calls each, until it is killed; argv: file, beginning. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const [, , file = '', from = '0'] = process.argv;
const { samples } = await openHistory({ file, logger: quiet });
for (let minute = 1; ; minute += 1) {
  await samples.saveDeltas('erp', deltaSet(Number(from) + minute * 60_000, [keyOf('11')], { calls: 10 }));
  process.send?.(minute);
}
