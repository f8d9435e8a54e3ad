import { expect, test } from 'vitest';
import { questionsOn, queriesOn } from '../../../../../electron/core/dashboards/offline/widget-questions.ts';
import { dashboardOf, widgetOf } from '../../history/saved-result.ts';

const showing = (readModel: string, sql: string) => ({
  ...widgetOf(sql),
  source: { kind: 'read_model', readModel, sql } as const,
});

test('what all widgets of a read model ask about its rows, each once, as far as saved rows can answer them', async () => {
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
      showing('sales', 'select md5(region), lower(region) from reporting.sales where amount > 3'),
      showing('sales', 'select region from reporting.sales where month = current_date'),
      showing('sales', 'select upper(s.region), amount from reporting.sales s order by amount*2'),
      showing(
        'sales',
        `select upper(region) as big, round(sum(amount*2) / nullif(sum(case when amount > 0 then 1 end), 0), 1)
         from reporting.sales group by big order by max(abs(amount))`,
      ),
    ]),
  ]);
  expect(queries).toHaveLength(8);
  expect(await questionsOn('sales', queries)).toEqual({
    conditions: ['amount > 9', 'month = CURRENT_DATE'],
    expressions: ['upper(region)', 'amount * 2', expect.stringMatching(/^CASE WHEN amount > 0/), 'abs(amount)'],
  });
});
