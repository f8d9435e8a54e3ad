import type { DiagnosisInput } from '../../../../electron/core/diagnosis/input.ts';
import type { StoredActivityRow, StoredDeltas } from '../../../../electron/core/history/history.ts';
import { counters, stored } from '../../../support/diagnosis-scenarios.ts';

/** A history written by hand: six quiet intervals of 5 s, then an incident; times in seconds from the beginning. */
export interface SmallHistory {
  readonly statements: Readonly<Record<string, string>>;
  /** Calls, mean ms and blocks per call in the interval that begins at `second`. */
  readonly booked: (
    second: number,
  ) => Readonly<Record<string, readonly [calls: number, meanMs: number, blocks: number]>>;
  readonly rows: (second: number) => readonly StoredActivityRow[];
  readonly incidentSeconds: number;
  /** Time between the statements of transactions in the interval that begins at `second`, ms. */
  readonly betweenMs?: (second: number) => number;
}

export const at = (second: number): number => 1_700_000_000_000 + second * 1000;
export const quietSeconds = 30;

export function smallHistory({ statements, booked, rows, incidentSeconds, betweenMs }: SmallHistory): DiagnosisInput {
  const end = quietSeconds + incidentSeconds;
  const seconds = Array.from({ length: end }, (_, second) => second);
  const deltas = seconds
    .filter((second) => second % 5 === 0)
    .map((second): StoredDeltas => ({
      fromMs: at(second),
      toMs: at(second + 5),
      deallocs: 0,
      resets: 0,
      coverage: 1,
      idleInTransactionMs: betweenMs?.(second) ?? null,
      deltas: Object.entries(booked(second)).map(([statementId, [calls, meanMs, blocks]]) => ({
        statementId,
        discontinuity: false,
        counters: counters({ calls, rows: calls, totalExecMs: calls * meanMs, sharedBlksHit: calls * blocks }),
      })),
    }));
  return {
    fromMs: at(quietSeconds),
    toMs: at(end),
    baseline: null,
    timeZone: 'UTC',
    statements: Object.entries(statements).map(([statementId, text]) => stored(statementId, text, 'erp')),
    deltas,
    samples: seconds.map((second) => ({ atMs: at(second + 0.5), rows: rows(second) })),
    overrides: new Map(),
    widgets: [],
    ownApplicationNames: [],
    cores: { value: 4, source: 'setting' },
    statisticsAvailable: true,
  };
}
