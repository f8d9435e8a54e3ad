import type { Volumes } from './volumes.ts';

/**
 * Invoices first..last with everything that saving them books: lines, stock movements, ledger entries, and the
 * receipts that came in since. One statement, so that an invoice's total is the sum of its own lines without a
 * second pass. Values: $1 first invoice, $2 last invoice. An invoice has 1 to 5 lines, 3 on average exactly.
 */
export const invoices = ({ customers, items }: Volumes): string => `
with document as materialized (
  select n, d.day, c.customer_id, c.region_id, c.payment_days,
         case c.region_id when 1 then 1 + floor(demo.rnd(21, n) * 2)::int when 2 then 3 when 3 then 4 when 4 then 5 else 6 end
           as warehouse_id
  from demo.business_day d
  cross join lateral generate_series(greatest(d.first_invoice, $1::bigint), least(d.last_invoice, $2::bigint)) n
  join erp.customer c on c.customer_id = demo.skewed(demo.rnd(20, (n + 1) / 2), ${customers})
), line as (
  insert into erp.ar_invoice_line (invoice_id, line_no, item_id, quantity, unit_price, unit_cost, line_amount)
  select doc.n, l, i.item_id, q.quantity, p.price, i.standard_cost, q.quantity * p.price
  from document doc
  cross join lateral generate_series(1, 1 + (doc.n * 3 % 5)::int) l
  join erp.item i on i.item_id = demo.skewed(demo.rnd(22, doc.n * 8 + l), ${items})
  cross join lateral (select 1 + floor(12 * power(demo.rnd(23, doc.n * 8 + l), 3))::int) q (quantity)
  cross join lateral (
    -- Large quantities and enterprises' framework contracts: up to 18 % off.
    select round(i.list_price * (1 - (0.18 * demo.rnd(24, doc.n * 8 + l))::numeric), 2)
  ) p (price)
  returning invoice_id, item_id, quantity, line_amount
), total as materialized (
  select invoice_id, sum(line_amount) as amount from line group by invoice_id
), header as (
  insert into erp.ar_invoice
    (invoice_id, invoice_no, order_id, customer_id, warehouse_id, invoice_date, due_date, total_amount)
  select n, 'INV' || lpad(n::text, 9, '0'), (n + 1) / 2, customer_id, warehouse_id, day, day + payment_days, amount
  from document join total on invoice_id = n
), movement as (
  insert into erp.stock_movement (item_id, warehouse_id, moved_on, kind, quantity, invoice_id)
  select item_id, warehouse_id, day, 'issue', -quantity, n
  from line join document on n = invoice_id
), ledger as (
  insert into erp.gl_entry (posted_on, account_id, cost_centre_id, document_no, debit, credit)
  select day, side.account_id, region_id * 10, 'INV' || lpad(n::text, 9, '0'), amount * side.debit, amount * (1 - side.debit)
  from document join total on invoice_id = n
  cross join lateral (values (1200, 1), (4000 + 10 * region_id, 0)) side (account_id, debit)
)
-- Most pay about when it is due, some weeks late, some only a part, and one in fifty has not paid at all.
insert into erp.receipt (invoice_id, received_on, method, amount)
select n, paid.day, (array['transfer', 'transfer', 'transfer', 'direct debit', 'card', 'cheque'])[1 + floor(demo.rnd(26, n) * 6)::int],
       case when demo.rnd(27, n) < 0.04 then round(amount * 0.6, 2) else amount end
from document join total on invoice_id = n
cross join lateral (select demo.rnd(25, n)) r (u)
cross join lateral (
  select document.day + payment_days + case
    when u < 0.60 then -floor(demo.rnd(28, n) * 9)::int
    when u < 0.86 then floor(demo.rnd(28, n) * 16)::int
    when u < 0.95 then 15 + floor(demo.rnd(28, n) * 40)::int
    else 50 + floor(demo.rnd(28, n) * 90)::int end
) paid (day)
where u < 0.98 and paid.day <= current_date`;

/** Orders behind the invoices, two invoices an order, and the ones that wait for delivery. */
export const salesOrders = ({ customers, invoices: last }: Volumes): readonly string[] => [
  `insert into erp.sales_order (order_id, order_no, customer_id, ordered_on, status, total_amount)
   select order_id, 'SO' || lpad(order_id::text, 8, '0'), min(customer_id),
          min(invoice_date) - 2 - floor(demo.rnd(30, order_id) * 9)::int, 'invoiced', sum(total_amount)
   from erp.ar_invoice group by order_id`,
  `insert into erp.sales_order (order_id, order_no, customer_id, ordered_on, status, total_amount)
   select n, 'SO' || lpad(n::text, 8, '0'), demo.skewed(demo.rnd(31, n), ${customers}),
          current_date - floor(demo.rnd(32, n) * 12)::int, 'open', round((80 + 2400 * demo.rnd(33, n))::numeric, 2)
   from generate_series((${last} + 1) / 2 + 1, (${last} + 1) / 2 + ${Math.ceil(last / 100)}) n`,
];

/**
 * Deliveries from suppliers, six a year for every item in every warehouse, sized after what was sold, and the stock
 * that is left: the sum of all movements, always.
 */
export const stock = ({ days }: Volumes): readonly string[] => [
  `create table demo.sold as
     select i.item_id, w.warehouse_id, coalesce(s.quantity, 0) as quantity
     from erp.item i cross join erp.warehouse w
     left join (select item_id, warehouse_id, -sum(quantity) as quantity from erp.stock_movement group by 1, 2) s
       using (item_id, warehouse_id)`,
  `insert into erp.stock_movement (item_id, warehouse_id, moved_on, kind, quantity)
   select item_id, warehouse_id, current_date - ${days} + delivery * ${Math.floor(days / 6)}
            + floor(demo.rnd(40, (item_id * 8 + warehouse_id) * 8 + delivery) * 20)::int,
          'receipt',
          case when delivery = 0 then 60 + floor(demo.rnd(41, item_id * 8 + warehouse_id) * 400)::int else 0 end
            + ceil(quantity / 6.0 * (0.98 + 0.06 * demo.rnd(42, (item_id * 8 + warehouse_id) * 8 + delivery)))::int
   from demo.sold cross join generate_series(0, 5) delivery`,
  `insert into erp.stock (item_id, warehouse_id, on_hand, reorder_point)
   select item_id, warehouse_id, on_hand,
          case when demo.rnd(43, item_id * 8 + warehouse_id) < 0.004 then on_hand + 5 + item_id % 40
               else greatest(0, on_hand - 40 - floor(demo.rnd(44, item_id * 8 + warehouse_id) * 60)::int) / 3 end
   from (select item_id, warehouse_id, sum(quantity)::int as on_hand from erp.stock_movement group by 1, 2) s
   order by item_id, warehouse_id`,
  'drop table demo.sold',
];

/** Purchase orders; the last weeks' are partly still waiting for somebody's approval. */
export const purchases = ({ purchaseOrders, days }: Volumes): readonly string[] => [
  `insert into erp.purchase_order
     (purchase_order_id, purchase_order_no, supplier, warehouse_id, requested_by, ordered_on, status, total_amount)
   select n, 'PO' || lpad(n::text, 7, '0'),
          ${suppliers} || ' ' || ${forms}, 1 + floor(demo.rnd(52, n) * 6)::int, ${people(53)},
          day, case when demo.rnd(54, n) < case when n > ${purchaseOrders} - 12 then 0.7 when day > current_date - 6 then 0.3 else 0 end
               then 'requested' else 'approved' end,
          round((150 + 18000 * power(demo.rnd(55, n), 4))::numeric, 2)
   from generate_series(1, ${purchaseOrders}) n
   cross join lateral (select current_date - ${days - 1} + floor((n - 1)::numeric * ${days} / ${purchaseOrders})::int) d (day)`,
  `insert into erp.purchase_approval (purchase_order_id, step, approver, status, waiting_since, decided_on)
   select purchase_order_id, step, case step when 1 then 'Head of procurement' else 'Finance director' end,
          case when status = 'requested' then 'waiting' else 'approved' end,
          ordered_on, case when status = 'requested' then null
                           else least(current_date, ordered_on + step + floor(demo.rnd(56, purchase_order_id * 2 + step) * 3)::int) end
   from erp.purchase_order
   cross join generate_series(1, case when total_amount > 5000 and status = 'approved' then 2 else 1 end) step`,
];

/** Expenses of the cost centres, and budgets around them: some centres overspend, most do not. */
export const ledger = ({ expenseEntries, days }: Volumes): readonly string[] => [
  `insert into erp.gl_entry (posted_on, account_id, cost_centre_id, document_no, debit, credit)
   select current_date - floor(power(demo.rnd(60, n), 0.98) * ${days})::int, a.account_id, cc.cost_centre_id,
          'AP' || lpad(n::text, 8, '0'),
          round(((array[4200, 2600, 900, 380, 420, 800, 650, 500, 1500])[(a.account_id - 6000) / 10]
                 * (0.4 + 1.2 * demo.rnd(63, n)))::numeric, 2), 0
   from generate_series(1, ${expenseEntries}) n
   cross join lateral (select 6010 + 10 * floor(9 * demo.rnd(61, n))::int) a (account_id)
   cross join lateral (select 10 + 10 * floor(12 * power(demo.rnd(62, n), 1.25))::int) cc (cost_centre_id)`,
  `insert into erp.budget (cost_centre_id, account_id, month, amount)
   select cost_centre_id, account_id, month::date,
          round(spent / 12 * (0.86 + 0.3 * demo.rnd(64, cost_centre_id))::numeric, -2)
   from (select cost_centre_id, account_id, sum(debit) as spent from erp.gl_entry where account_id >= 6000 group by 1, 2) e
   cross join generate_series(date_trunc('month', current_date - ${days - 1}), current_date, interval '1 month') month`,
];

const suppliers = `(array['Alpine Castings', 'Borealis Seals', 'Castor Drives', 'Delta Fittings', 'Elbe Sensors',
  'Fjord Filters', 'Gallia Tools', 'Humber Valves'])[1 + floor(demo.rnd(50, n) * 8)::int]`;
const forms = `(array['GmbH', 'AB', 'BV', 'Ltd'])[1 + floor(demo.rnd(51, n) * 4)::int]`;
const people = (purpose: number): string =>
  `(array['A. Lindqvist', 'B. Okafor', 'C. Meier', 'D. Rossi', 'E. van Dam', 'F. Byrne'])[1 + floor(demo.rnd(${purpose}, n) * 6)::int]`;
