import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';

/** One question, asked of the base tables and of a read model that ships with the demo. */
export interface Question {
  readonly widgetId: string;
  readonly liveSql: string;
  readonly readModel: string;
  readonly modelSql: string;
}

const shipped: readonly Question[] = demoWidgets.flatMap(({ widgetId, liveSql, readModel }) =>
  readModel === null ? [] : [{ widgetId, liveSql, readModel: readModel.name, modelSql: readModel.readerSql }],
);

const since = `date_trunc('month', current_date) - interval '11 months'`;

/** Five more that an executive asks of the same read models: a dashboard has twelve. */
const more: readonly Question[] = [
  {
    widgetId: 'revenue-by-month',
    readModel: 'monthly_sales',
    liveSql: `select date_trunc('month', i.invoice_date::timestamp)::date as month, sum(l.line_amount) as revenue
from erp.ar_invoice_line l join erp.ar_invoice i on i.invoice_id = l.invoice_id
where i.invoice_date >= ${since} group by 1 order by 1`,
    modelSql: `select as_of, month, sum(revenue) as revenue from reporting.monthly_sales
where month >= ${since} group by as_of, month order by month`,
  },
  {
    widgetId: 'revenue-by-region',
    readModel: 'monthly_sales',
    liveSql: `select r.name as region, sum(l.line_amount) as revenue
from erp.ar_invoice_line l join erp.ar_invoice i on i.invoice_id = l.invoice_id
join erp.customer c on c.customer_id = i.customer_id join erp.region r on r.region_id = c.region_id
group by 1 order by 1`,
    modelSql: `select as_of, region, sum(revenue) as revenue from reporting.monthly_sales group by as_of, region order by region`,
  },
  {
    widgetId: 'stock-by-warehouse',
    readModel: 'stock_valuation',
    liveSql: `select w.name as warehouse, sum(m.quantity * it.standard_cost) as stock_value
from erp.stock_movement m join erp.item it on it.item_id = m.item_id
join erp.warehouse w on w.warehouse_id = m.warehouse_id group by 1 order by 1`,
    modelSql: `select as_of, warehouse, sum(stock_value) as stock_value from reporting.stock_valuation
group by as_of, warehouse order by warehouse`,
  },
  {
    widgetId: 'open-receivables',
    readModel: 'ar_aging',
    liveSql: `select count(*) as invoices, sum(i.total_amount - coalesce(r.received, 0)) as open_amount
from erp.ar_invoice i left join (select invoice_id, sum(amount) as received from erp.receipt group by invoice_id) r
  on r.invoice_id = i.invoice_id
where i.total_amount > coalesce(r.received, 0)`,
    modelSql: `select max(as_of) as as_of, sum(invoices)::bigint as invoices, sum(open_amount) as open_amount from reporting.ar_aging`,
  },
  {
    widgetId: 'ledger-by-month',
    readModel: 'gl_by_account',
    liveSql: `select date_trunc('month', e.posted_on::timestamp)::date as month,
  sum(case when a.kind = 'revenue' then e.credit - e.debit else e.debit - e.credit end) as amount
from erp.gl_entry e join erp.gl_account a on a.account_id = e.account_id
where a.kind in ('revenue', 'expense') and e.posted_on >= ${since} group by 1 order by 1`,
    modelSql: `select as_of, month, sum(amount) as amount from reporting.gl_by_account
where month >= ${since} group by as_of, month order by month`,
  },
];

export const questions: readonly Question[] = [...shipped, ...more];
