import type { OriginFilter, Timeline } from '../../../shared/model/diagnosis.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';
import type { StatementGroup } from './catalog.ts';
import type { TimeWindow } from './input.ts';

/** What the timelines of raw history and of minutes have in common. */
export type Bucket = Timeline['buckets'][number];
export const layers = ['oltp', 'reporting', 'batch', 'maintenance', 'lockWaits'] as const;
export type Layer = (typeof layers)[number];

/** What is neither one nor the other is drawn with what it looks like. */
export function layerOf(group: Pick<StatementGroup, 'class' | 'kind'> | null): Layer {
  const statementClass: StatementClass = group?.class ?? 'mixed';
  if (statementClass !== 'mixed') return statementClass;
  return group?.kind === 'read' ? 'reporting' : 'batch';
}

export interface Origin {
  readonly applicationName: string;
  readonly roleName: string | null;
  readonly databaseName: string | null;
}

/** An absent or empty list lets everything through. */
export function passes(filter: OriginFilter | undefined): (origin: Origin) => boolean {
  const within = (names: readonly string[] | undefined) => (name: string | null) =>
    names === undefined || names.length === 0 || (name !== null && names.includes(name));
  const application = within(filter?.applicationNames);
  const role = within(filter?.roleNames);
  const database = within(filter?.databaseNames);
  return (origin) => application(origin.applicationName) && role(origin.roleName) && database(origin.databaseName);
}

/** Counts who was at work; `named` lists them, the most active first. */
export function countOrigins() {
  const [applications, roles, databases] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const count = (counts: Map<string, number>, name: string | null, rows: number) => {
    if (name !== null && name !== '') counts.set(name, (counts.get(name) ?? 0) + rows);
  };
  const names = (counts: Map<string, number>) =>
    [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
  return {
    add({ applicationName, roleName, databaseName }: Origin, rows: number): void {
      count(applications, applicationName, rows);
      count(roles, roleName, rows);
      count(databases, databaseName, rows);
    },
    named: (): Timeline['origins'] => ({
      applicationNames: names(applications),
      roleNames: names(roles),
      databaseNames: names(databases),
    }),
  };
}

/** Damage that is too small for a window of its own, seconds. */
const leastDamageSeconds = 1;

/** The stretch of neighbouring buckets with the most damage; one bucket without any, or without samples, does not end it. */
export function worstStretch(
  buckets: readonly Bucket[],
  bucketMs: number,
  { fromMs, toMs }: TimeWindow,
): TimeWindow | null {
  const stretches: { fromMs: number; toMs: number; damageSeconds: number }[] = [];
  for (const { atMs, damageSeconds } of buckets) {
    if (damageSeconds <= 0) continue;
    const last = stretches.at(-1);
    if (last !== undefined && atMs - last.toMs <= bucketMs) {
      last.toMs = atMs + bucketMs;
      last.damageSeconds += damageSeconds;
    } else {
      stretches.push({ fromMs: atMs, toMs: atMs + bucketMs, damageSeconds });
    }
  }
  const [worst] = stretches.toSorted((a, b) => b.damageSeconds - a.damageSeconds || a.fromMs - b.fromMs);
  if (worst === undefined || worst.damageSeconds < leastDamageSeconds) return null;
  return { fromMs: Math.max(worst.fromMs, fromMs), toMs: Math.min(worst.toMs, toMs) };
}
