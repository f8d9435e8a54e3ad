/** How many rows a scale means. Scale 1: 600,000 invoices with 1.8 million lines over a year. */
export interface Volumes {
  readonly invoices: number;
  readonly customers: number;
  readonly items: number;
  readonly purchaseOrders: number;
  readonly expenseEntries: number;
  /** Days with documents, the last of which is today. */
  readonly days: number;
}

/** Master data shrinks more slowly than documents do: a small company still has customers and a price list. */
export function volumes(scale: number): Volumes {
  const invoices = Math.max(500, Math.round(600_000 * scale));
  return {
    invoices,
    customers: Math.max(200, Math.round(20_000 * scale)),
    items: Math.max(160, Math.round(5_000 * Math.sqrt(scale))),
    purchaseOrders: Math.max(200, Math.round(30_000 * scale)),
    expenseEntries: Math.max(2_400, Math.round(250_000 * scale)),
    days: 365,
  };
}
