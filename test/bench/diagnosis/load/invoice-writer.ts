import pg from 'pg';
import type { Catalogue } from '../../../../resources/demo-erp/workload/work-plan.ts';
import type { PlannedInvoice } from './arrivals.ts';
import type { LoadOrder } from './order.ts';

/** As many connections as an ERP's application server would keep. Waiting for one counts as latency. */
const connections = 16;

/**
 * Saves invoices as the demo ERP's posting routine does, one transaction of short prepared statements, with two
 * additions that scenarios need: a credit check that may read a materialized view, and lines in one statement.
 */
export class InvoiceWriter {
  readonly #pool: pg.Pool;
  readonly #order: LoadOrder;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#pool = new pg.Pool({ ...order.connection, max: connections, idleTimeoutMillis: 0, application_name: 'erp' });
    this.#pool.on('error', () => undefined); // an idle connection that broke is replaced; the next save says so
  }

  async warmUp(): Promise<Catalogue> {
    const clients = await Promise.all(Array.from({ length: connections }, () => this.#pool.connect()));
    try {
      const [client] = clients;
      if (client === undefined) throw new Error('no connection was opened');
      return await readCatalogue(client);
    } finally {
      for (const client of clients) client.release();
    }
  }

  /**
   * Posts these on every connection and takes them back: the pool hands out what came back last, so that most of the
   * connections would meet their statements for the first time in the incident.
   */
  async rehearse(invoices: readonly PlannedInvoice[]): Promise<void> {
    const clients = await Promise.all(Array.from({ length: connections }, () => this.#pool.connect()));
    try {
      for (const client of clients) {
        for (const invoice of invoices) {
          await client.query('begin');
          await this.#post(client, invoice);
          await client.query('rollback');
        }
      }
    } finally {
      for (const client of clients) client.release();
    }
  }

  async save(invoice: PlannedInvoice): Promise<void> {
    const client = await this.#pool.connect();
    let broken = false;
    try {
      await client.query('begin');
      await this.#post(client, invoice);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => (broken = true));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #post(client: pg.PoolClient, invoice: PlannedInvoice): Promise<void> {
    const { customerId, regionId, warehouseId, paymentDays, lines } = invoice;
    const total = money(lines.reduce((sum, line) => sum + line.quantity * line.priceCents, 0));
    await client.query({ ...creditCheck(this.#order.exposureRelation), values: [customerId] });
    const header = await client.query<{ invoice_id: string; invoice_no: string }>({
      ...statements.header,
      values: [customerId, warehouseId, paymentDays, total],
    });
    const [saved] = header.rows;
    if (saved === undefined) throw new Error('the invoice header was not inserted');
    if (this.#order.lineForm === 'set') await postSet(client, saved.invoice_id, invoice);
    else await postEach(client, saved.invoice_id, invoice);
    const costCentre = regionId * 10;
    const receivable = [1200, costCentre, saved.invoice_no, total, '0'];
    const revenue = [4000 + 10 * regionId, costCentre, saved.invoice_no, '0', total];
    for (const values of [receivable, revenue]) await client.query({ ...statements.ledger, values });
  }
}

async function postEach(client: pg.PoolClient, invoiceId: string, invoice: PlannedInvoice): Promise<void> {
  for (const [index, { itemId, quantity, priceCents, costCents }] of invoice.lines.entries()) {
    const amounts = [money(priceCents), money(costCents), money(quantity * priceCents)];
    await client.query({ ...statements.line, values: [invoiceId, index + 1, itemId, quantity, ...amounts] });
  }
  for (const { itemId, quantity } of invoice.lines) {
    await client.query({ ...statements.stock, values: [itemId, invoice.warehouseId, quantity] });
  }
  for (const { itemId, quantity } of invoice.lines) {
    await client.query({ ...statements.movement, values: [itemId, invoice.warehouseId, -quantity, invoiceId] });
  }
}

async function postSet(
  client: pg.PoolClient,
  invoiceId: string,
  { lines, warehouseId }: PlannedInvoice,
): Promise<void> {
  const items = lines.map(({ itemId }) => itemId);
  const quantities = lines.map(({ quantity }) => quantity);
  const prices = lines.map(({ priceCents }) => money(priceCents));
  const costs = lines.map(({ costCents }) => money(costCents));
  await client.query({ ...statements.lines, values: [invoiceId, items, quantities, prices, costs] });
  await client.query({ ...statements.stocks, values: [warehouseId, items, quantities] });
  await client.query({ ...statements.movements, values: [warehouseId, invoiceId, items, quantities] });
}

const creditCheck = (relation: string | null) =>
  relation === null
    ? { name: 'credit-limit', text: 'select credit_limit from erp.customer where customer_id = $1' }
    : {
        name: 'credit-check',
        text: `select c.credit_limit - coalesce(x.open_amount, 0) as left_over
from erp.customer c left join ${relation} x using (customer_id) where c.customer_id = $1`,
      };

/** Numbers come from a sequence, so that runs never collide. */
const statements = {
  header: {
    name: 'header',
    text: `insert into erp.ar_invoice (invoice_no, customer_id, warehouse_id, invoice_date, due_date, total_amount)
values ('INV' || lpad(nextval('erp.invoice_number')::text, 9, '0'), $1, $2, current_date, current_date + $3::int, $4)
returning invoice_id, invoice_no`,
  },
  line: {
    name: 'line',
    text: `insert into erp.ar_invoice_line (invoice_id, line_no, item_id, quantity, unit_price, unit_cost, line_amount)
values ($1, $2, $3, $4, $5, $6, $7)`,
  },
  lines: {
    name: 'lines',
    text: `insert into erp.ar_invoice_line (invoice_id, line_no, item_id, quantity, unit_price, unit_cost, line_amount)
select $1, line_no, item_id, quantity, unit_price, unit_cost, quantity * unit_price
from unnest($2::int[], $3::int[], $4::numeric[], $5::numeric[]) with ordinality
  as line (item_id, quantity, unit_price, unit_cost, line_no)`,
  },
  stock: {
    name: 'stock',
    text: 'update erp.stock set on_hand = on_hand - $3 where item_id = $1 and warehouse_id = $2',
  },
  stocks: {
    name: 'stocks',
    text: `update erp.stock set on_hand = on_hand - taken.quantity
from unnest($2::int[], $3::int[]) taken (item_id, quantity)
where stock.item_id = taken.item_id and stock.warehouse_id = $1`,
  },
  movement: {
    name: 'movement',
    text: `insert into erp.stock_movement (item_id, warehouse_id, moved_on, kind, quantity, invoice_id)
values ($1, $2, current_date, 'issue', $3, $4)`,
  },
  movements: {
    name: 'movements',
    text: `insert into erp.stock_movement (item_id, warehouse_id, moved_on, kind, quantity, invoice_id)
select item_id, $1, current_date, 'issue', -quantity, $2 from unnest($3::int[], $4::int[]) taken (item_id, quantity)`,
  },
  ledger: {
    name: 'ledger',
    text: `insert into erp.gl_entry (posted_on, account_id, cost_centre_id, document_no, debit, credit)
values (current_date, $1, $2, $3, $4, $5)`,
  },
} as const;

async function readCatalogue(client: pg.PoolClient): Promise<Catalogue> {
  const customers = await client.query<{ customer_id: number; region_id: number; payment_days: number }>(
    'select customer_id, region_id, payment_days from erp.customer order by customer_id',
  );
  const items = await client.query<{ item_id: number; price: string; cost: string }>(
    `select item_id, (list_price * 100)::bigint::text as price, (standard_cost * 100)::bigint::text as cost
     from erp.item order by item_id`,
  );
  const warehouses = await client.query<{ warehouse_id: number }>(
    'select warehouse_id from erp.warehouse order by warehouse_id',
  );
  return {
    customers: customers.rows.map((row) => ({
      customerId: row.customer_id,
      regionId: row.region_id,
      paymentDays: row.payment_days,
    })),
    items: items.rows.map((row) => ({
      itemId: row.item_id,
      priceCents: Number(row.price),
      costCents: Number(row.cost),
    })),
    warehouses: warehouses.rows.map((row) => row.warehouse_id),
  };
}

const money = (amountCents: number): string =>
  `${Math.floor(amountCents / 100)}.${String(amountCents % 100).padStart(2, '0')}`;
