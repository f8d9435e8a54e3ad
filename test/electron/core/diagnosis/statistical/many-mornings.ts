import type { DiagnosisInput } from '../../../../../electron/core/diagnosis/input.ts';
import { generator } from '../../../../../electron/core/diagnosis/random.ts';
import type { StoredActivityRow, StoredDeltas, StoredRollup } from '../../../../../electron/core/history/history.ts';
import { counters, rowOf, stored } from '../../../../support/diagnosis-scenarios.ts';

/** A suspect whose effect is known, because it was put there. */
export interface KnownSuspect {
  readonly statementId: string;
  /** [from, to) in minutes after seven, and its sessions meanwhile. */
  readonly runs: (day: number, random: () => number) => readonly (readonly [number, number, number])[];
  /** What one session of it adds to an OLTP call, ms. */
  readonly effectMs: number;
  /** On some days it hurts more than on others: times `effectMs`. */
  readonly strength?: (day: number) => number;
  readonly blocksPerMinute?: number;
  /** Its sessions in a minute in which saving takes `slowdown` times as long: a report that is slow with everything. */
  readonly stretched?: boolean;
  readonly booked?: boolean;
}

export interface Mornings {
  readonly seed: number;
  readonly days: number;
  readonly suspects: readonly KnownSuspect[];
  /** Slowness that has nothing to do with any suspect: ms added to a call at a minute of a day. */
  readonly otherMs?: (day: number, minute: number, random: () => number) => number;
  /** OLTP calls a minute over the usual. */
  readonly load?: (minute: number) => number;
  /** Minutes of today's incident, after seven. */
  readonly incident?: readonly [number, number];
}

export const usualMs = 2;
const usualCalls = 600;
export const minutesOfDay = 180;
const sevenMs = Date.UTC(2026, 10, 2, 7);
const dayMs = 86_400_000;
const samplesPerMinute = 12;

export interface KnownTruth {
  readonly input: DiagnosisInput;
  /** Of today's incident, seconds. */
  readonly damageSeconds: number;
  readonly shareOf: (statementId: string) => number;
}

/** Working days in a row (weekends are left out); the last one raw, the others as minutes. */
export function manyMornings(mornings: Mornings): KnownTruth {
  const { seed, days, suspects, otherMs, load, incident = [50, 110] } = mornings;
  const random = generator(seed);
  const truth = new Map<string, number>();
  const rollups: StoredRollup[] = [];
  const deltas: StoredDeltas[] = [];
  const samples: { atMs: number; rows: StoredActivityRow[] }[] = [];
  let damageSeconds = 0;
  let todayMs = sevenMs;
  for (let day = 0; day < days; day += 1) {
    todayMs = sevenMs + (Math.floor(day / 5) * 7 + (day % 5)) * dayMs;
    const today = day === days - 1;
    const runs = suspects.map((suspect) => suspect.runs(day, random));
    for (let minute = 0; minute < minutesOfDay; minute += 1) {
      const fromMs = todayMs + minute * 60_000;
      const toMs = fromMs + 60_000;
      const other = otherMs?.(day, minute, random) ?? 0;
      const calls = Math.round(usualCalls * (load?.(minute) ?? 1) * (0.9 + 0.2 * random()));
      const active = suspects.map((suspect, index) => {
        const found = runs[index]?.find(([from, to]) => minute >= from && minute < to)?.[2] ?? 0;
        return suspect.stretched === true ? found * (1 + other) : found;
      });
      const added = suspects.map(
        ({ effectMs, strength }, index) => effectMs * (strength?.(day) ?? 1) * (active[index] ?? 0),
      );
      const meanMs = usualMs * (0.9 + 0.2 * random()) + other + added.reduce((sum, one) => sum + one, 0);
      if (today && minute >= incident[0] && minute < incident[1]) {
        damageSeconds += (calls * (meanMs - usualMs)) / 1000;
        for (const [index, { statementId }] of suspects.entries()) {
          truth.set(statementId, (truth.get(statementId) ?? 0) + (calls * (added[index] ?? 0)) / 1000);
        }
      }
      const blocks = suspects.map(({ blocksPerMinute = 50_000 }, index) => {
        const scheduled = runs[index]?.find(([from, to]) => minute >= from && minute < to)?.[2] ?? 0;
        return scheduled * blocksPerMinute;
      });
      if (today) {
        deltas.push({
          fromMs,
          toMs,
          deallocs: 0,
          resets: 0,
          coverage: 1,
          idleInTransactionMs: null,
          deltas: [
            {
              statementId: '1',
              discontinuity: false,
              counters: counters({ calls, rows: calls, totalExecMs: calls * meanMs, sharedBlksHit: calls * 10 }),
            },
            ...suspects.flatMap(({ statementId, booked = true }, index) =>
              booked && (active[index] ?? 0) > 0
                ? [
                    {
                      statementId,
                      discontinuity: false,
                      counters: counters({ calls: 1, rows: 12, totalExecMs: 55_000, sharedBlksHit: blocks[index] }),
                    },
                  ]
                : [],
            ),
          ],
        });
        for (let look = 0; look < samplesPerMinute; look += 1) {
          const atMs = fromMs + (look + 0.5) * (60_000 / samplesPerMinute);
          const rows = suspects.flatMap(({ statementId }, index) => {
            const sessions = active[index] ?? 0;
            const whole = Math.floor(sessions) + (random() < sessions % 1 ? 1 : 0);
            return Array.from({ length: whole }, (_, one) =>
              rowOf(statementId, 5000 + index * 50 + one, {
                query: 'report',
                queryStartMs: fromMs,
                applicationName: 'metabase',
              }),
            );
          });
          samples.push({ atMs, rows });
        }
      } else {
        rollups.push(
          rollupOf(fromMs, toMs, [
            { id: 1, calls, execMs: calls * meanMs, blocks: calls * 10, sessions: (calls * meanMs) / 60_000 },
            ...suspects.flatMap(({ statementId, booked = true }, index) => {
              const sessions = active[index] ?? 0;
              const done = booked
                ? { calls: 1, execMs: 55_000, blocks: blocks[index] ?? 0 }
                : { calls: 0, execMs: 0, blocks: 0 };
              return sessions === 0 ? [] : [{ id: Number(statementId), ...done, sessions }];
            }),
          ]),
        );
      }
    }
  }
  return {
    damageSeconds,
    shareOf: (statementId) => (truth.get(statementId) ?? 0) / damageSeconds,
    input: {
      fromMs: todayMs + incident[0] * 60_000,
      toMs: todayMs + incident[1] * 60_000,
      baseline: null,
      timeZone: 'UTC',
      statements: [
        stored('1', 'insert into erp.ar_invoice (customer_id) values ($1)', 'erp'),
        ...suspects.map(({ statementId }) =>
          stored(statementId, `select ${statementId}, sum(amount) from erp.gl group by 1`, 'bi'),
        ),
      ],
      deltas,
      samples,
      days: rollups,
      overrides: new Map(),
      widgets: [],
      ownApplicationNames: [],
      cores: { value: 4, source: 'setting' },
      statisticsAvailable: true,
    },
  };
}

interface Line {
  readonly id: number;
  readonly calls: number;
  readonly execMs: number;
  readonly blocks: number;
  readonly sessions: number;
}

function rollupOf(fromMs: number, toMs: number, lines: readonly Line[]): StoredRollup {
  const column = (value: (line: Line) => number) => Float64Array.from(lines, value);
  return {
    fromMs,
    toMs,
    tier: 'minute',
    samples: samplesPerMinute,
    deallocs: 0,
    resets: 0,
    coverage: 1,
    idleInTransactionMs: null,
    lockWaits: 0,
    onCpu: 0,
    statementIds: Int32Array.from(lines, ({ id }) => id),
    calls: column(({ calls }) => calls),
    execMs: column(({ execMs }) => execMs),
    sumSquaresMs2: column(() => 0),
    rows: column(({ calls }) => calls),
    blocks: column(({ blocks }) => blocks),
    tempBlocks: column(() => 0),
    activeSessions: column(({ sessions }) => sessions),
  };
}
