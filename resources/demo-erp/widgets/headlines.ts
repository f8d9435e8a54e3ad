import type { DemoWidget } from './demo-widget.ts';

/**
 * What stands above the widgets of both dashboards: a number with what it was before, and a year or a week at one look.
 * The managers of the eight o'clock load do not open these: the load is the seven executive widgets.
 */
type Headline = Omit<DemoWidget, 'readModel'>;

const thisMonth = `date_trunc('month', current_date)`;

export const revenueThisMonth: Headline = {
  widgetId: 'revenue-this-month',
  kind: 'executive',
  title: 'Revenue this month',
  question: 'How much have we invoiced this month, and how much by the same day of the last one?',
  owner: 'Head of sales',
  chart: {
    kind: 'number',
    x: null,
    series: null,
    values: ['revenue', 'invoices'],
    formats: { revenue: 'money', by_then: 'money', invoices: 'integer' },
    currency: 'EUR',
    comparison: { column: 'by_then', with: 'previous', label: 'by this day of last month', better: 'higher' },
    layout: { x: 0, y: 0, w: 4, h: 4 },
  },
  budget: { minutes: 60 },
  liveSql: `select
  coalesce(sum(total_amount) filter (where invoice_date >= ${thisMonth}), 0) as revenue,
  coalesce(sum(total_amount) filter (where invoice_date < ${thisMonth}), 0) as by_then,
  count(*) filter (where invoice_date >= ${thisMonth}) as invoices
from erp.ar_invoice
where invoice_date >= ${thisMonth}
  or (invoice_date >= ${thisMonth} - interval '1 month' and invoice_date <= current_date - interval '1 month')`,
};

export const revenueAndInvoices: Headline = {
  widgetId: 'revenue-and-invoices',
  kind: 'executive',
  title: 'Revenue and invoices',
  question: 'How do revenue and the number of invoices go together, month by month?',
  owner: 'Finance director',
  chart: {
    kind: 'combined',
    x: 'month',
    series: null,
    values: ['revenue', 'invoices'],
    formats: { month: 'month', revenue: 'money', invoices: 'integer' },
    currency: 'EUR',
    options: { lines: ['invoices'] },
    layout: { x: 4, y: 0, w: 8, h: 4 },
  },
  budget: { minutes: 60 },
  liveSql: `select date_trunc('month', invoice_date::timestamp)::date as month,
  sum(total_amount) as revenue,
  count(*) as invoices
from erp.ar_invoice
where invoice_date >= ${thisMonth} - interval '11 months'
group by 1
order by 1`,
};

export const receivedToday: Headline = {
  widgetId: 'received-today',
  kind: 'operational',
  title: 'Received today',
  question: 'How much has come in today, and how much on the same day of last week?',
  owner: 'Cash desk',
  chart: {
    kind: 'number',
    x: null,
    series: null,
    values: ['received', 'receipts'],
    formats: { received: 'money', week_ago: 'money', receipts: 'integer' },
    currency: 'EUR',
    comparison: { column: 'week_ago', with: 'previous', label: 'a week ago', better: 'higher' },
    layout: { x: 0, y: 0, w: 4, h: 4 },
  },
  budget: 'live',
  liveSql: `select
  coalesce(sum(amount) filter (where received_on = current_date), 0) as received,
  coalesce(sum(amount) filter (where received_on < current_date), 0) as week_ago,
  count(*) filter (where received_on = current_date) as receipts
from erp.receipt
where received_on in (current_date, current_date - 7)`,
};

export const weekOfReceipts: Headline = {
  widgetId: 'week-of-receipts',
  kind: 'operational',
  title: 'Receipts of the week',
  question: 'How much came in on each of the last seven days, in how many receipts?',
  owner: 'Cash desk',
  chart: {
    kind: 'combined',
    x: 'day',
    series: null,
    values: ['received', 'receipts'],
    formats: { day: 'date', received: 'money', receipts: 'integer' },
    currency: 'EUR',
    options: { lines: ['receipts'] },
    layout: { x: 4, y: 0, w: 8, h: 4 },
  },
  budget: 'live',
  liveSql: `select received_on as day,
  sum(amount) as received,
  count(*) as receipts
from erp.receipt
where received_on > current_date - 7
group by received_on
order by received_on`,
};

export const headlines: readonly Headline[] = [revenueThisMonth, revenueAndInvoices, receivedToday, weekOfReceipts];
