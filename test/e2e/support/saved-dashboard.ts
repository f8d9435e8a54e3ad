import { join } from 'node:path';
import { sourceHash } from '../../../electron/core/dashboards/source-hash.ts';
import { openWriter } from '../../../electron/core/history/sqlite.ts';
import { createCommandRunner } from '../../../electron/core/history/writer-commands.ts';
import { allKinds } from '../../electron/core/dashboards/export/exports-for-tests.ts';
import { unreachable } from '../../support/engine-with-history.ts';

/** A profile with a dashboard of every kind of widget, read this morning from a server that nobody reaches now. */
export function profileWithDashboard(profile: string): void {
  const nowMs = Date.now();
  const { db } = openWriter(join(profile, 'daybreak.sqlite'), nowMs);
  const run = createCommandRunner(db);
  run('saveConnection', [{ serverId: 'erp', settings: unreachable, lastConnectedAtMs: nowMs, lastFacts: null }]);
  const widgets = allKinds.map(({ widget }, index) => ({
    ...widget,
    title: `Sales as ${widget.kind}`,
    layout: { x: (index % 2) * 6, y: Math.floor(index / 2) * 5, w: 6, h: 5 },
  }));
  run('saveDashboard', [{ dashboardId: 'all-kinds', serverId: 'erp', title: 'All kinds', widgets }]);
  for (const { widget, data } of allKinds) {
    if (data !== null) run('saveResult', ['all-kinds', sourceHash(widget.source), data, nowMs]);
  }
  db.close();
}
