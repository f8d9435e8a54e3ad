import { describe, expect, it } from 'vitest';
import { activityCsv } from '../../../../renderer/screens/activity-log/csv.ts';
import { filterEntries } from '../../../../renderer/screens/activity-log/filter.ts';
import { mergeNewest } from '../../../../renderer/stores/activity-pages.ts';
import type { ActivityEntry } from '../../../../shared/model/activity-log.ts';

const entry = (entryId: number, changes: Partial<ActivityEntry> = {}): ActivityEntry => ({
  entryId,
  serverId: 's1',
  atMs: Date.UTC(2026, 10, 20, 7, 30),
  actor: 'anna (browser)',
  purpose: 'refresh sales',
  sql: 'refresh materialized view reporting.sales_v1_a',
  tookMs: 12.5,
  outcome: 'done',
  error: null,
  undoSql: null,
  planId: null,
  runId: null,
  ...changes,
});
const log = (ids: readonly number[], more: boolean) => ({ entries: ids.map((id) => entry(id)), more });
const idsOf = ({ entries }: { readonly entries: readonly ActivityEntry[] }) => entries.map((one) => one.entryId);

describe('the activity log', () => {
  it('is exported with its line breaks and quotes intact, and never as a formula', () => {
    const csv = activityCsv([entry(1, { sql: 'select "a",\n1', purpose: '=cmd()' })]);
    const [, row] = csv.split('\r\n');
    expect(row).toContain("2026-11-20T07:30:00.000Z,anna (browser),'=cmd(),done,12.5,");
    expect(csv).toContain('"select ""a"",\n1"');
  });

  it('is filtered by all words at once, in any case', () => {
    const entries = [entry(1), entry(2, { actor: 'Bert (window)' })];
    expect(filterEntries(entries, 'bert REFRESH')).toEqual([entries[1]]);
    expect(filterEntries(entries, '  ')).toHaveLength(2);
  });

  it('keeps older pages below a fresh first page', () => {
    expect(idsOf(mergeNewest(log([6, 5, 4], true), log([5, 4, 3, 2], false)))).toEqual([6, 5, 4, 3, 2]);
  });

  it('lets older pages go when entries in between were missed', () => {
    expect(idsOf(mergeNewest(log([9, 8, 7], true), log([4, 3, 2], false)))).toEqual([9, 8, 7]);
  });
});
