/**
 * What the culprits, the decoys and the harmless ask. `passes` makes a run longer without more memory: the statement
 * goes over its rows so many times. Each has a column name of its own, by which the judge recognises it.
 */

/** As few groups as there are items and warehouses, so that a hash table holds them; big enough for parallel workers. */
export const salesByItem = (passes: number, revenue: string): string =>
  `select l.item_id, i.warehouse_id, sum(l.line_amount) as ${revenue}, avg(l.quantity) as mean_quantity
from erp.ar_invoice_line l
join erp.ar_invoice i on i.invoice_id = l.invoice_id
cross join generate_series(1, ${passes}) pass
group by l.item_id, i.warehouse_id
order by 3 desc
limit 50`;

/** Reads two large tables from end to end in every pass, one process a run. */
export const balances = (passes: number, balance: string): string =>
  `select pass,
  (select sum(e.debit - e.credit) from erp.gl_entry e where e.account_id <> pass) as ${balance},
  (select sum(m.quantity) from erp.stock_movement m where m.item_id <> -pass) as moved
from generate_series(1, ${passes}) pass`;

/** Sorts all lines, which work_mem does not hold. */
export const bestSellers = (passes: number, place: string): string =>
  `select count(*) from (
  select l.item_id, rank() over (partition by l.item_id order by l.line_amount desc, l.unit_cost, l.invoice_id) as ${place}
  from erp.ar_invoice_line l
  cross join generate_series(1, ${passes}) pass
) ranked
where ${place} <= 3`;

/** What every customer owes; the view that the credit check reads. */
export const customerExposure = (passes: number): string =>
  `create materialized view erp.customer_exposure as
select i.customer_id, sum(i.total_amount) / ${passes} as open_amount
from erp.ar_invoice i
cross join generate_series(1, ${passes}) pass
group by i.customer_id`;

/** Harmless: it sleeps between its rows. */
export const sleepingReport = (seconds: number): string =>
  `select r.name, count(*) as open_documents
from erp.region r
cross join lateral (select pg_sleep(${(seconds / 4).toFixed(2)} + 0 * r.region_id)) nap
where r.region_id <= 4
group by r.name`;

/** Harmless: next to no work, a little at a time. */
export const tricklingReport = (steps: number): string =>
  `select count(*) as checked_items
from generate_series(1, ${steps}) step
cross join lateral (select on_hand from erp.stock where item_id = step order by warehouse_id limit 1) s
cross join lateral (select pg_sleep(0.02 + 0 * step)) nap`;

/** A short look at today, as a small widget asks it. */
export const todaysReceipts = `select method, count(*) as receipts_today, sum(amount)
from erp.receipt where received_on = current_date group by method`;

/** A clerk raises the reorder points of the big warehouses and does not save. */
export const reorderPoints = `update erp.stock set reorder_point = reorder_point + 1 where warehouse_id <= 4`;

/** Receipts of a payment file, a chunk a statement: first number, rows. */
export const importReceipts = `insert into erp.receipt (invoice_id, received_on, method, amount)
select 1 + ($1::bigint + n) % 100000, current_date, 'transfer', 10.00
from generate_series(1, $2::int) n`;
