/**
 * What the load does and when, as pure functions of the seed: save k and load j of manager m are the same in every
 * run, however slow the one before was.
 */

/** What there is to sell and to whom, read once at the start. */
export interface Catalogue {
  readonly customers: readonly {
    readonly customerId: number;
    readonly regionId: number;
    readonly paymentDays: number;
  }[];
  readonly items: readonly { readonly itemId: number; readonly priceCents: number; readonly costCents: number }[];
  readonly warehouses: readonly number[];
}

export interface PlannedSave {
  readonly customerId: number;
  readonly regionId: number;
  readonly paymentDays: number;
  readonly warehouseId: number;
  /** Three different items in ascending order: two saves that meet at the same stock wait for, never on, each other. */
  readonly lines: readonly {
    readonly itemId: number;
    readonly quantity: number;
    readonly priceCents: number;
    readonly costCents: number;
  }[];
}

export interface PlannedLoad {
  /** From the start of the run. */
  readonly intendedMs: number;
  /** Order in which the widgets are asked, as indexes. */
  readonly order: readonly number[];
}

const linesPerInvoice = 3;

/** Save number k is intended at this time from the start of the run. */
export const saveIntendedMs = (k: number, ratePerSecond: number): number => (k * 1000) / ratePerSecond;

export function planSave(seed: number, k: number, { customers, items, warehouses }: Catalogue): PlannedSave {
  const random = generator(seed, 1, k);
  // The square prefers the first customers, who are the big ones.
  const customer = at(customers, random() ** 2);
  const chosen = new Set<number>();
  while (chosen.size < linesPerInvoice) chosen.add(Math.floor(random() * items.length));
  const lines = [...chosen]
    .sort((a, b) => a - b)
    .map((index) => ({ ...at(items, index / items.length), quantity: 1 + Math.floor(random() * 4) }));
  return { ...customer, warehouseId: at(warehouses, random()), lines };
}

/**
 * Managers come in one after the other within the first interval, then each reloads every interval, a tenth of it
 * early or late. Each load starts with another widget, so that they do not all wait for the same one.
 */
export function planLoad(
  seed: number,
  manager: number,
  j: number,
  { everySeconds, widgets }: { readonly everySeconds: number; readonly widgets: number },
): PlannedLoad {
  const everyMs = everySeconds * 1000;
  const firstMs = generator(seed, 2, manager)() * everyMs;
  const random = generator(seed, 3 + manager, j);
  const jitterMs = j === 0 ? 0 : (random() - 0.5) * 0.2 * everyMs;
  const start = Math.floor(random() * widgets);
  return {
    intendedMs: firstMs + j * everyMs + jitterMs,
    order: Array.from({ length: widgets }, (_, index) => (start + index) % widgets),
  };
}

function at<T>(list: readonly T[], u: number): T {
  const value = list[Math.min(list.length - 1, Math.floor(u * list.length + 1e-9))];
  if (value === undefined) throw new Error('the ERP has no customers, items or warehouses to sell with');
  return value;
}

/** mulberry32 (public domain, Tommy Ettinger), started from a mix of seed, stream and index. Uniform in [0, 1). */
export function generator(seed: number, stream: number, index: number): () => number {
  let state = mix(mix(mix(seed) ^ stream) ^ index);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The finalizer of MurmurHash3: neighbouring numbers come out far apart. */
function mix(n: number): number {
  let h = (n + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
