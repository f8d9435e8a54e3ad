import type { Panel } from './panel.ts';

/** Slowness around the beginnings and ends of a suspect's activity, in the panel's unit of outcome. */
export interface EventStudy {
  readonly bucketMs: number;
  /** [ms before (negative) or after a beginning, mean outcome]. */
  readonly aroundStart: readonly (readonly [number, number])[];
  /** The same around the ends. */
  readonly aroundEnd: readonly (readonly [number, number])[];
}

export interface Spell {
  /** Rows of the panel, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/** Below this part of its usual activity a suspect counts as idle: a straggling worker is no run. */
const idlePart = 0.1;
const reachRows = 5;
/** "Before" is this many rows. */
const leadRows = 2;
/** The slowdown that came before, over the slowdown while it ran, from which on it came too early. */
const leadLimit = 0.5;
const clearlyAbove = 2;

/** Stretches of activity; days, and gaps in what was stored, end them. */
export function spellsOf({ rows, bucketMs }: Panel, exposure: Float64Array): Spell[] {
  const most = exposure.reduce((found, value) => Math.max(found, value), 0);
  const active = activityLine(exposure, most);
  const spells: { first: number; last: number }[] = [];
  for (const [index, row] of rows.entries()) {
    if (active[index] !== 1) continue;
    const spell = spells.at(-1);
    const before = rows[index - 1];
    const joined = spell?.last === index - 1 && before?.day === row.day && row.fromMs - before.toMs <= bucketMs;
    if (spell !== undefined && joined) spell.last = index;
    else spells.push({ first: index, last: index });
  }
  return spells;
}

function activityLine(exposure: Float64Array, most: number): Uint8Array {
  return Uint8Array.from(exposure, (value) => (value > 0 && value > idlePart * most ? 1 : 0));
}

export interface LeadPlacebo {
  readonly outcome: 'clean' | 'failed' | 'untestable';
  /** Slowdown before over slowdown during; null where it could not be tested. */
  readonly ratio: number | null;
}

/**
 * A report cannot hurt before it starts: where rows just before its runs are about as slow as those during them,
 * something else made them slow.
 *
 * @param slowdown What the other suspects leave of the outcome, per row.
 */
export function leadPlacebo(panel: Panel, slowdown: Float64Array, exposure: Float64Array): LeadPlacebo {
  const active = activityLine(
    exposure,
    exposure.reduce((found, value) => Math.max(found, value), 0),
  );
  const lead = new Set<number>();
  for (const { first } of spellsOf(panel, exposure)) {
    for (let back = 1; back <= leadRows; back += 1) {
      const row = panel.rows[first - back];
      const next = panel.rows[first - back + 1];
      if (row === undefined || next === undefined || row.day !== next.day || active[first - back] === 1) break;
      if (next.fromMs - row.toMs > panel.bucketMs) break;
      lead.add(first - back);
    }
  }
  const during = momentsOf(panel, slowdown, (index) => active[index] === 1);
  const before = momentsOf(panel, slowdown, (index) => lead.has(index));
  const quiet = momentsOf(panel, slowdown, (index) => active[index] !== 1 && !lead.has(index));
  if (before.count < leadRows || quiet.count < leadRows || during.mean <= quiet.mean) {
    return { outcome: 'untestable', ratio: null };
  }
  const usualLead = lowerMedian([...lead].map((index) => slowdown[index] ?? 0));
  const ratio = (usualLead - quiet.mean) / (during.mean - quiet.mean);
  const error = Math.sqrt(quiet.variance / before.count + quiet.variance / quiet.count);
  const clear = usualLead - quiet.mean > clearlyAbove * error;
  return { outcome: ratio >= leadLimit && clear ? 'failed' : 'clean', ratio };
}

/** One row that was slow by chance is no lead: at least half of them must have been. */
function lowerMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}

function momentsOf({ rows }: Panel, values: Float64Array, counts: (index: number) => boolean) {
  let count = 0;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (const [index, row] of rows.entries()) {
    if (!counts(index)) continue;
    const value = values[index] ?? 0;
    count += 1;
    weight += row.weight;
    sum += row.weight * value;
    squares += row.weight * value ** 2;
  }
  const mean = weight === 0 ? 0 : sum / weight;
  return { count, mean, variance: weight === 0 ? 0 : Math.max(0, squares / weight - mean ** 2) };
}

/** Outcome over time, aligned at where runs begin and where they end; null without a run that has both sides. */
export function eventStudy(panel: Panel, exposure: Float64Array): EventStudy | null {
  const spells = spellsOf(panel, exposure);
  const aroundStart = aligned(
    panel,
    spells.map(({ first }) => first),
  );
  const aroundEnd = aligned(
    panel,
    spells.map(({ last }) => last),
  );
  if (aroundStart.length < 2) return null;
  return { bucketMs: panel.bucketMs, aroundStart, aroundEnd };
}

function aligned({ rows, bucketMs }: Panel, events: readonly number[]): [number, number][] {
  const line: [number, number][] = [];
  for (let offset = -reachRows; offset <= reachRows; offset += 1) {
    let weight = 0;
    let sum = 0;
    for (const event of events) {
      const row = rows[event + offset];
      if (row === undefined || row.day !== rows[event]?.day) continue;
      weight += row.weight;
      sum += row.weight * row.outcome;
    }
    if (weight > 0) line.push([offset * bucketMs, sum / weight]);
  }
  return line;
}
