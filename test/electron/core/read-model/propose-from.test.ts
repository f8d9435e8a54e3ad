import { expect, test } from 'vitest';
import type { DashboardService } from '../../../../electron/core/dashboards/dashboard-service.ts';
import { fingerprint } from '../../../../electron/core/history/fingerprint.ts';
import { askersOf, originOf } from '../../../../electron/core/read-model/propose-from.ts';
import { activityRow, openTestHistory } from '../history/store.ts';

const report = 'select customer_id, sum(amount) from erp.ar_invoice group by 1';

test('a proposal asks the store for its statement and for who runs it, and loads no other texts', async () => {
  const history = await openTestHistory();
  const row = (roleName: string, queryid: string, query: string) =>
    activityRow({ roleName, roleOid: roleName, queryid, query });
  const rows = [
    row('anna', '1', report),
    row('daybreak', '1', report),
    row('metabase', '2', `${report} /* a */`),
    row('erp', '3', 'select 1'),
  ];
  await history.samples.saveSample('erp', { atMs: 1_000, rows });
  const [first, , , other] = await history.samples.statements('erp');
  const dashboards = {
    widgetOf: async () => null,
    askedBy: async () => ({ fingerprint: fingerprint(report), readers: ['executive'] }),
  } as unknown as DashboardService;
  history.samples.statements = () => Promise.reject(new Error('all statements were loaded'));
  const sources = { history, dashboards };
  const from = { kind: 'statement', statementId: first?.statementId ?? '' } as const;
  expect(await askersOf(sources, 'erp', from, 'daybreak')).toEqual(['anna', 'metabase']);
  expect(await askersOf(sources, 'erp', { kind: 'widget', widgetId: 'w' }, 'daybreak')).toEqual([
    'anna',
    'executive',
    'metabase',
  ]);
  expect(await askersOf(sources, 'erp', { ...from, statementId: other?.statementId ?? '' }, 'daybreak')).toEqual([
    'erp',
  ]);
  expect(await originOf(sources, 'erp', from)).toMatchObject({ kind: 'statement', text: report });
  await expect(originOf(sources, 'erp', { kind: 'statement', statementId: '99' })).rejects.toMatchObject({
    value: { code: 'not_found' },
  });
});
