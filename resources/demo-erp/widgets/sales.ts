import type { DemoWidget } from './demo-widget.ts';

/**
 * The last twelve months, the running one included. The models keep every month and the reader picks these, so that
 * their definitions do not depend on the clock. `::timestamp` keeps the session's time zone out of them.
 */
const since = `date_trunc('month', current_date) - interval '11 months'`;

export const monthlySales: DemoWidget = {
  widgetId: 'monthly-sales',
  kind: 'executive',
  title: 'Monthly sales by region and category',
  question: 'What did we sell each month, in which region and which category?',
  owner: 'Head of sales',
  chart: {
    kind: 'stacked',
    x: 'month',
    series: 'region',
    values: ['revenue'],
    formats: { month: 'month', region: 'text', category: 'text', revenue: 'money' },
    currency: 'EUR',
    layout: { x: 4, y: 4, w: 8, h: 4 },
    options: { stackedAs: 'areas' },
  },
  budget: { minutes: 30 },
  liveSql: `select date_trunc('month', i.invoice_date::timestamp)::date as month,
  r.name as region,
  cat.name as category,
  sum(l.line_amount) as revenue
from erp.ar_invoice_line l
join erp.ar_invoice i on i.invoice_id = l.invoice_id
join erp.customer c on c.customer_id = i.customer_id
join erp.region r on r.region_id = c.region_id
join erp.item it on it.item_id = l.item_id
join erp.item_category cat on cat.category_id = it.category_id
where i.invoice_date >= ${since}
group by 1, 2, 3
order by 1, 2, 3`,
  readModel: {
    name: 'monthly_sales',
    keyColumns: ['month', 'region', 'category'],
    definitionSql: `select date_trunc('month', i.invoice_date::timestamp)::date as month,
  r.name as region,
  cat.name as category,
  sum(l.line_amount) as revenue
from erp.ar_invoice_line l
join erp.ar_invoice i on i.invoice_id = l.invoice_id
join erp.customer c on c.customer_id = i.customer_id
join erp.region r on r.region_id = c.region_id
join erp.item it on it.item_id = l.item_id
join erp.item_category cat on cat.category_id = it.category_id
group by 1, 2, 3`,
    readerSql: `select as_of, month, region, category, revenue
from reporting.monthly_sales
where month >= ${since}
order by month, region, category`,
  },
};

const margins = `select cat.name as category,
  sum(l.line_amount) as revenue,
  sum(l.line_amount - l.quantity * l.unit_cost) as margin,
  round(sum(l.line_amount - l.quantity * l.unit_cost) / sum(l.line_amount), 3) as margin_percent
from erp.ar_invoice_line l
join erp.item it on it.item_id = l.item_id
join erp.item_category cat on cat.category_id = it.category_id
group by cat.name`;

export const marginByCategory: DemoWidget = {
  widgetId: 'margin-by-category',
  kind: 'executive',
  title: 'Margin by category',
  question: 'Which categories earn the money?',
  owner: 'Head of product management',
  chart: {
    kind: 'bar',
    x: 'category',
    series: null,
    values: ['margin_percent'],
    formats: { category: 'text', revenue: 'money', margin: 'money', margin_percent: 'percent' },
    currency: 'EUR',
    layout: { x: 0, y: 8, w: 4, h: 4 },
  },
  budget: { minutes: 24 * 60 },
  liveSql: `${margins}
order by cat.name`,
  readModel: {
    name: 'margin_by_category',
    keyColumns: ['category'],
    definitionSql: margins,
    readerSql: `select as_of, category, revenue, margin, margin_percent
from reporting.margin_by_category
order by category`,
  },
};

export const activeCustomers: DemoWidget = {
  widgetId: 'active-customers',
  kind: 'executive',
  title: 'Active customers by week',
  question: 'How many customers bought in each week, in which segment?',
  owner: 'Head of sales',
  chart: {
    kind: 'line',
    x: 'week',
    series: 'segment',
    values: ['customers'],
    formats: { week: 'week', segment: 'text', customers: 'integer' },
    currency: null,
    layout: { x: 4, y: 8, w: 4, h: 4 },
  },
  budget: { minutes: 60 },
  liveSql: `select date_trunc('week', i.invoice_date::timestamp)::date as week,
  s.name as segment,
  count(distinct i.customer_id) as customers
from erp.ar_invoice i
join erp.customer c on c.customer_id = i.customer_id
join erp.segment s on s.segment_id = c.segment_id
where i.invoice_date >= date_trunc('week', current_date) - interval '51 weeks'
group by 1, 2
order by 1, 2`,
  readModel: {
    name: 'active_customers',
    keyColumns: ['week', 'segment'],
    definitionSql: `select date_trunc('week', i.invoice_date::timestamp)::date as week,
  s.name as segment,
  count(distinct i.customer_id) as customers
from erp.ar_invoice i
join erp.customer c on c.customer_id = i.customer_id
join erp.segment s on s.segment_id = c.segment_id
group by 1, 2`,
    readerSql: `select as_of, week, segment, customers
from reporting.active_customers
where week >= date_trunc('week', current_date) - interval '51 weeks'
order by week, segment`,
  },
};
