import { openHistory } from '../../../../electron/core/history/open-history.ts';

/** A process that writes to the store of argv[2] until it is killed, and tells its parent what is committed. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const { activity } = await openHistory({ file: process.argv[2] ?? '', logger: quiet });
for (let at = 1; ; at++) {
  const entryId = await activity.begin({
    serverId: 'erp',
    atMs: at,
    actor: 'test',
    purpose: 'test',
    sql: `statement ${at}`,
    undoSql: null,
    planId: null,
    runId: null,
  });
  process.send?.(entryId);
}
