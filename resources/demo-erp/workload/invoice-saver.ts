import pg from 'pg';
import type { DemoConnection } from '../connection.ts';
import type { Catalogue, PlannedSave } from './work-plan.ts';

/** As many connections as an ERP's application server would keep. Waiting for one counts as latency. */
const connections = 16;

/** Saves invoices the way an ERP's posting routine does: one transaction, one short prepared statement after the other. */
export class InvoiceSaver {
  readonly #pool: pg.Pool;

  constructor(app: DemoConnection) {
    this.#pool = new pg.Pool({ ...app, max: connections, idleTimeoutMillis: 0, application_name: 'erp' });
    this.#pool.on('error', () => undefined); // an idle connection that broke is replaced; the next save says so
  }

  /** Opens every connection and prepares every statement, so that no run pays for what the one before had done. */
  async warmUp(): Promise<Catalogue> {
    const clients = await Promise.all(Array.from({ length: connections }, () => this.#pool.connect()));
    try {
      const [client] = clients;
      if (!client) throw new Error('no connection was opened');
      return await readCatalogue(client);
    } finally {
      for (const client of clients) client.release();
    }
  }

  async save(invoice: PlannedSave): Promise<void> {
    const client = await this.#pool.connect();
    let broken = false;
    try {
      await client.query('begin');
      await post(client, invoice);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => (broken = true));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

async function post(client: pg.PoolClient, invoice: PlannedSave): Promise<void> {
  const { customerId, regionId, warehouseId, paymentDays, lines } = invoice;
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.priceCents, 0);
  const total = money(totalCents);
  const header = await client.query<{ invoice_id: string; invoice_no: string }>({
    ...statements.header,
    values: [customerId, warehouseId, paymentDays, total],
  });
  const [saved] = header.rows;
  if (!saved) throw new Error('the invoice header was not inserted');
  for (const [index, { itemId, quantity, priceCents, costCents }] of lines.entries()) {
    await client.query({
      ...statements.line,
      values: [
        saved.invoice_id,
        index + 1,
        itemId,
        quantity,
        money(priceCents),
        money(costCents),
        money(quantity * priceCents),
      ],
    });
  }
  for (const { itemId, quantity } of lines) {
    const taken = await client.query({ ...statements.stock, values: [itemId, warehouseId, quantity] });
    if (taken.rowCount !== 1) throw new Error(`item ${itemId} is not kept in warehouse ${warehouseId}`);
  }
  for (const { itemId, quantity } of lines) {
    await client.query({ ...statements.movement, values: [itemId, warehouseId, -quantity, saved.invoice_id] });
  }
  const costCentre = regionId * 10;
  await client.query({ ...statements.ledger, values: [1200, costCentre, saved.invoice_no, total, '0'] });
  await client.query({
    ...statements.ledger,
    values: [4000 + 10 * regionId, costCentre, saved.invoice_no, '0', total],
  });
}

/** Numbers come from a sequence, so that runs never collide. */
const statements = {
  header: {
    name: 'save-invoice-header',
    text: `insert into erp.ar_invoice (invoice_no, customer_id, warehouse_id, invoice_date, due_date, total_amount)
values ('INV' || lpad(nextval('erp.invoice_number')::text, 9, '0'), $1, $2, current_date, current_date + $3::int, $4)
returning invoice_id, invoice_no`,
  },
  line: {
    name: 'save-invoice-line',
    text: `insert into erp.ar_invoice_line (invoice_id, line_no, item_id, quantity, unit_price, unit_cost, line_amount)
values ($1, $2, $3, $4, $5, $6, $7)`,
  },
  stock: {
    name: 'take-stock',
    text: `update erp.stock set on_hand = on_hand - $3 where item_id = $1 and warehouse_id = $2`,
  },
  movement: {
    name: 'book-stock-movement',
    text: `insert into erp.stock_movement (item_id, warehouse_id, moved_on, kind, quantity, invoice_id)
values ($1, $2, current_date, 'issue', $3, $4)`,
  },
  ledger: {
    name: 'post-to-ledger',
    text: `insert into erp.gl_entry (posted_on, account_id, cost_centre_id, document_no, debit, credit)
values (current_date, $1, $2, $3, $4, $5)`,
  },
} as const;

async function readCatalogue(client: pg.PoolClient): Promise<Catalogue> {
  const customers = await client.query<{ customer_id: number; region_id: number; payment_days: number }>(
    'select customer_id, region_id, payment_days from erp.customer order by customer_id',
  );
  const items = await client.query<{ item_id: number; list_price: string; standard_cost: string }>(
    'select item_id, list_price, standard_cost from erp.item order by item_id',
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
      priceCents: cents(row.list_price),
      costCents: cents(row.standard_cost),
    })),
    warehouses: warehouses.rows.map((row) => row.warehouse_id),
  };
}

/** '12.34' -> 1234, exactly: numeric(12,2) always prints two decimals. */
const cents = (text: string): number => Number(text.replace('.', ''));
const money = (amountCents: number): string =>
  `${Math.floor(amountCents / 100)}.${String(amountCents % 100).padStart(2, '0')}`;
