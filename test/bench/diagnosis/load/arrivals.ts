import { generator, type Catalogue } from '../../../../resources/demo-erp/workload/work-plan.ts';
import type { LoadSegment } from './order.ts';

export interface PlannedInvoice {
  /** From the start of the run. */
  readonly intendedMs: number;
  readonly customerId: number;
  readonly regionId: number;
  readonly paymentDays: number;
  readonly warehouseId: number;
  /** Different items in ascending order, so that two saves wait for, never on, each other. */
  readonly lines: readonly InvoiceLine[];
}
export interface InvoiceLine {
  readonly itemId: number;
  readonly quantity: number;
  readonly priceCents: number;
  readonly costCents: number;
}

const streams = { gaps: 41, invoices: 42 } as const;

/** Poisson arrivals: open loop, a pure function of seed and segments, in order of time. */
export function planArrivals(seed: number, segments: readonly LoadSegment[], catalogue: Catalogue): PlannedInvoice[] {
  const planned: PlannedInvoice[] = [];
  for (const { fromMs, toMs, savesPerSecond, linesPerInvoice, stream, streamFromMs = 0 } of segments) {
    const gap = generator(seed, streams.gaps, stream);
    const invoice = generator(seed, streams.invoices, stream);
    let atMs = fromMs - streamFromMs;
    for (;;) {
      atMs += (-Math.log(1 - gap()) * 1000) / savesPerSecond;
      if (atMs >= toMs) break;
      const save = { intendedMs: atMs, ...planInvoice(invoice, linesPerInvoice, catalogue) };
      if (atMs >= fromMs) planned.push(save);
    }
  }
  return planned.toSorted((a, b) => a.intendedMs - b.intendedMs);
}

function planInvoice(
  random: () => number,
  linesPerInvoice: number,
  { customers, items, warehouses }: Catalogue,
): Omit<PlannedInvoice, 'intendedMs'> {
  const customer = pick(customers, random());
  const warehouseId = pick(warehouses, random());
  const wanted = Math.min(linesPerInvoice, items.length);
  const chosen = new Set<number>();
  while (chosen.size < wanted) chosen.add(Math.floor(random() * items.length));
  const lines = [...chosen]
    .sort((a, b) => a - b)
    .map((index) => ({ ...pick(items, index / items.length), quantity: 1 + Math.floor(random() * 4) }));
  return { ...customer, warehouseId, lines };
}

function pick<T>(list: readonly T[], u: number): T {
  const value = list[Math.min(list.length - 1, Math.floor(u * list.length + 1e-9))];
  if (value === undefined) throw new Error('the ERP has no customers, items or warehouses to sell with');
  return value;
}
