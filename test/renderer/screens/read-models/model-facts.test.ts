import { describe, expect, it } from 'vitest';
import { compareColumns, dashboardReading, servedCopy } from '../../../../renderer/screens/read-models/model-facts.ts';
import { strategyText } from '../../../../renderer/screens/read-models/words.ts';
import type { Dashboard, WidgetSource } from '../../../../shared/model/dashboard.ts';
import type { Run, Version } from '../../../../shared/model/read-model.ts';

const copy = (slot: 'a' | 'b', asOf: string | null) => ({
  copyId: slot,
  slot,
  relation: `reporting.sales_v1_${slot}`,
  asOf,
  rows: 1,
  sizeBytes: 8192,
});

function version(number: number, columns: readonly [string, string][], copies: Version['copies'] = []): Version {
  return {
    version: number,
    definitionSql: 'select 1',
    keyColumns: ['month'],
    columns: columns.map(([name, type]) => ({ name, type })),
    period: null,
    state: 'current',
    createdAtMs: 0,
    copies,
  };
}

describe('versions side by side', () => {
  it('line columns up by name and mark the ones that differ', () => {
    const rows = compareColumns([
      version(1, [
        ['month', 'date'],
        ['amount', 'numeric'],
        ['gone', 'text'],
      ]),
      version(2, [
        ['month', 'date'],
        ['amount', 'bigint'],
        ['lines', 'bigint'],
      ]),
    ]);
    expect(rows).toEqual([
      { name: 'month', types: ['date', 'date'], differs: false },
      { name: 'amount', types: ['numeric', 'bigint'], differs: true },
      { name: 'lines', types: [null, 'bigint'], differs: true },
      { name: 'gone', types: ['text', null], differs: true },
    ]);
  });

  it('speak for the copy with the newest numbers, and for a never-filled one only when there is no other', () => {
    const filled = copy('b', '2026-11-20T07:30:00Z');
    expect(servedCopy(version(1, [], [copy('a', '2026-11-20T07:00:00Z'), filled]))).toBe(filled);
    expect(servedCopy(version(1, [], [copy('a', null), filled]))).toBe(filled);
    expect(servedCopy(version(1, [], [filled, copy('a', null)]))).toBe(filled);
    expect(servedCopy(version(1, []))).toBeNull();
  });
});

describe('a read model', () => {
  const dashboard = (dashboardId: string, source: WidgetSource): Dashboard => ({
    dashboardId,
    serverId: 's',
    title: dashboardId,
    widgets: [
      {
        widgetId: 'w',
        title: 'w',
        question: 'How much?',
        kind: 'table',
        source,
        budget: 'live',
        x: null,
        series: null,
        values: ['n'],
        formats: {},
        currency: null,
        layout: { x: 0, y: 0, w: 4, h: 2 },
      },
    ],
  });

  it('is found on the dashboard that reads it', () => {
    const dashboards = [
      dashboard('live', { kind: 'live', sql: 'select n from sales' }),
      dashboard('mine', { kind: 'read_model', readModel: 'sales', sql: 'select * from reporting.sales' }),
    ];
    expect(dashboardReading(dashboards, 'sales')).toBe('mine');
    expect(dashboardReading(dashboards, 'stock')).toBeNull();
  });

  it('names the strategy of its last run, and none before the first', () => {
    const run: Run = {
      runId: 'r',
      readModel: 'sales',
      version: 1,
      slot: 'a',
      mode: 'side_by_side',
      reason: null,
      state: 'done',
      startedAtMs: 0,
      endedAtMs: 1,
      asOf: null,
      rows: null,
      error: null,
      sqlstate: null,
      runner: 'me',
      cost: null,
    };
    expect(strategyText(run)).toBe('side by side');
    expect(strategyText(null)).toBe('–');
  });
});
