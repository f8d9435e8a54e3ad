import type { DemoWidget } from './demo-widget.ts';

const bucket = `case
    when due_date >= current_date then 'Not due'
    when due_date >= current_date - 30 then '1 to 30 days'
    when due_date >= current_date - 60 then '31 to 60 days'
    when due_date >= current_date - 90 then '61 to 90 days'
    else 'Over 90 days'
  end`;

/**
 * Aging moves with the clock although no row changes. So the model keeps the due date, a few hundred rows, and the
 * reader puts them into buckets as of the day it asks.
 */
export const arAging: DemoWidget = {
  widgetId: 'ar-aging',
  kind: 'executive',
  title: 'AR aging',
  question: 'How much do customers owe us, and for how long has it been due?',
  owner: 'Finance director',
  chart: {
    kind: 'aging',
    x: 'bucket',
    series: null,
    values: ['open_amount'],
    formats: { bucket: 'text', invoices: 'integer', open_amount: 'money' },
    currency: 'EUR',
    layout: { x: 0, y: 4, w: 4, h: 4 },
  },
  budget: { minutes: 30 },
  liveSql: `select ${bucket} as bucket,
  count(*) as invoices,
  sum(i.total_amount - coalesce(r.received, 0)) as open_amount
from erp.ar_invoice i
join erp.customer c on c.customer_id = i.customer_id
left join (
  select invoice_id, sum(amount) as received
  from erp.receipt
  group by invoice_id
) r on r.invoice_id = i.invoice_id
where i.total_amount > coalesce(r.received, 0)
group by 1
order by min(i.due_date) desc`,
  readModel: {
    name: 'ar_aging',
    keyColumns: ['due_date'],
    definitionSql: `select i.due_date,
  count(*) as invoices,
  sum(i.total_amount - coalesce(r.received, 0)) as open_amount
from erp.ar_invoice i
left join (
  select invoice_id, sum(amount) as received
  from erp.receipt
  group by invoice_id
) r on r.invoice_id = i.invoice_id
where i.total_amount > coalesce(r.received, 0)
group by i.due_date`,
    readerSql: `select as_of,
  ${bucket} as bucket,
  sum(invoices)::bigint as invoices,
  sum(open_amount) as open_amount
from reporting.ar_aging
group by 1, 2
order by min(due_date) desc`,
  },
};
