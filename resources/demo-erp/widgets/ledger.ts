import type { DemoWidget } from './demo-widget.ts';

const since = `date_trunc('month', current_date) - interval '11 months'`;
/** Revenue is booked in credit, expenses in debit: both read as positive amounts. */
const amount = `sum(case when a.kind = 'revenue' then e.credit - e.debit else e.debit - e.credit end)`;

export const glByAccount: DemoWidget = {
  widgetId: 'gl-by-account',
  kind: 'executive',
  title: 'Ledger by account and month',
  question: 'What was booked on each revenue and expense account, month by month?',
  owner: 'Chief accountant',
  chart: {
    kind: 'heatmap',
    x: 'month',
    series: 'account',
    values: ['amount'],
    formats: { month: 'month', account: 'text', amount: 'money' },
    currency: 'EUR',
    layout: { x: 0, y: 12, w: 6, h: 6 },
  },
  budget: { minutes: 60 },
  liveSql: `select date_trunc('month', e.posted_on::timestamp)::date as month,
  a.account_id || ' ' || a.name as account,
  ${amount} as amount
from erp.gl_entry e
join erp.gl_account a on a.account_id = e.account_id
where a.kind in ('revenue', 'expense')
  and e.posted_on >= ${since}
group by 1, 2
order by 1, 2`,
  readModel: {
    name: 'gl_by_account',
    keyColumns: ['month', 'account'],
    definitionSql: `select date_trunc('month', e.posted_on::timestamp)::date as month,
  a.account_id || ' ' || a.name as account,
  ${amount} as amount
from erp.gl_entry e
join erp.gl_account a on a.account_id = e.account_id
where a.kind in ('revenue', 'expense')
group by 1, 2`,
    readerSql: `select as_of, month, account, amount
from reporting.gl_by_account
where month >= ${since}
order by month, account`,
  },
};

export const budgetBurn: DemoWidget = {
  widgetId: 'budget-burn',
  kind: 'executive',
  title: 'Budget burn by cost centre',
  question: 'Which cost centres have spent more of their budget than they should have?',
  owner: 'Finance director',
  chart: {
    kind: 'bar',
    x: 'cost_centre',
    series: null,
    values: ['budget', 'actual'],
    formats: { cost_centre: 'text', budget: 'money', actual: 'money', burn_percent: 'percent' },
    currency: 'EUR',
    layout: { x: 6, y: 12, w: 6, h: 6 },
  },
  budget: { minutes: 60 },
  liveSql: `select cc.name as cost_centre,
  sum(b.amount) as budget,
  sum(x.actual) as actual,
  round(sum(x.actual) / sum(b.amount), 3) as burn_percent
from (
  select cost_centre_id, month, sum(amount) as amount
  from erp.budget
  group by cost_centre_id, month
) b
join erp.cost_centre cc on cc.cost_centre_id = b.cost_centre_id
join (
  select e.cost_centre_id,
    date_trunc('month', e.posted_on::timestamp)::date as month,
    sum(case when a.kind = 'expense' then e.debit - e.credit else 0 end) as actual
  from erp.gl_entry e
  join erp.gl_account a on a.account_id = e.account_id
  group by 1, 2
) x on x.cost_centre_id = b.cost_centre_id and x.month = b.month
where b.month >= ${since}
group by cc.name
order by cc.name`,
  readModel: {
    name: 'budget_burn',
    keyColumns: ['cost_centre', 'month'],
    definitionSql: `select cc.name as cost_centre,
  b.month,
  b.amount as budget,
  x.actual
from (
  select cost_centre_id, month, sum(amount) as amount
  from erp.budget
  group by cost_centre_id, month
) b
join erp.cost_centre cc on cc.cost_centre_id = b.cost_centre_id
join (
  select e.cost_centre_id,
    date_trunc('month', e.posted_on::timestamp)::date as month,
    sum(case when a.kind = 'expense' then e.debit - e.credit else 0 end) as actual
  from erp.gl_entry e
  join erp.gl_account a on a.account_id = e.account_id
  group by 1, 2
) x on x.cost_centre_id = b.cost_centre_id and x.month = b.month`,
    readerSql: `select as_of,
  cost_centre,
  sum(budget) as budget,
  sum(actual) as actual,
  round(sum(actual) / sum(budget), 3) as burn_percent
from reporting.budget_burn
where month >= ${since}
group by as_of, cost_centre
order by cost_centre`,
  },
};
