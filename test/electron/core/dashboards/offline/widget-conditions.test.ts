import { expect, test } from 'vitest';
import { conditionsOn, queriesOn } from '../../../../../electron/core/dashboards/offline/widget-conditions.ts';
import { dashboardOf, widgetOf } from '../../history/saved-result.ts';

const showing = (readModel: string, sql: string) => ({
  ...widgetOf(sql),
  source: { kind: 'read_model', readModel, sql } as const,
});

test('the conditions of all widgets of a read model, each once, as far as saved rows can answer them', async () => {
  const queries = queriesOn('sales', [
    dashboardOf('a', 'erp', [
      showing('sales', 'select region from reporting.sales where amount>9'),
      showing('sales', 'select region from reporting.sales'),
      showing('costs', 'select region from reporting.costs where amount > 1'),
      { ...widgetOf('live'), source: { kind: 'live', sql: 'select 1 from erp.sale where amount > 2' } },
    ]),
    dashboardOf('b', 'erp', [
      showing('sales', 'select s.region, sum(amount) from reporting.sales s where (s.amount > 9) group by 1'),
      showing('sales', 'select region from reporting.sales where amount > random()'),
      showing('sales', 'select lower(region) from reporting.sales where amount > 3'),
      showing('sales', 'select region from reporting.sales where month = current_date'),
    ]),
  ]);
  expect(queries).toHaveLength(6);
  expect(await conditionsOn('sales', queries)).toEqual(['amount > 9', 'month = CURRENT_DATE']);
});
