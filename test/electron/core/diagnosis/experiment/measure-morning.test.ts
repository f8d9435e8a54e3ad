import { describe, expect, it } from 'vitest';
import {
  measureMorning,
  type MeasuredMorning,
} from '../../../../../electron/core/diagnosis/experiment/measure-morning.ts';
import type { DetailedRollup, StoredOrigin, StoredStatement } from '../../../../../electron/core/history/history.ts';

const minuteMs = 60_000;
const firstMs = Date.UTC(2026, 10, 23, 6);
const minutes = 90;
const window = { fromMs: firstMs + 40 * minuteMs, toMs: firstMs + 60 * minuteMs };
const erp = 1;
const dialogs = 2;
const saving = 1;
const origin = (originId: number, roleName: string): StoredOrigin => ({
  originId,
  applicationName: 'erp',
  roleName,
  databaseName: 'erp',
  backendType: 'client backend',
});
const origins = new Map([
  [erp, origin(erp, 'erp')],
  [dialogs, origin(dialogs, 'clerk')],
]);
const statement = (text: string): StoredStatement => ({
  statementId: String(saving),
  key: { databaseOid: '1', roleOid: '2', queryid: '3', toplevel: true },
  databaseName: 'erp',
  roleName: 'erp',
  text,
  fingerprint: text,
});
const insert = statement('insert into erp.ar_invoice (id) values ($1)');

interface Minute {
  readonly meanMs?: number;
  readonly idleMs?: number;
  readonly endedIdleMs?: number;
  /** Sampled rows of clerks between two of their statements. */
  readonly clerks?: number;
  readonly walRecords?: number;
  readonly blocks?: number;
}

function minuteOf(index: number, minute: Minute): DetailedRollup {
  const { meanMs = 2, idleMs = 3000, endedIdleMs = 0, clerks = 0, walRecords = 0, blocks = 12 } = minute;
  const calls = 300;
  const fromMs = firstMs + index * minuteMs;
  return {
    fromMs,
    toMs: fromMs + minuteMs,
    tier: 'minute',
    samples: 60,
    deallocs: 0,
    resets: 0,
    coverage: 1,
    idleInTransactionMs: idleMs,
    endedIdleMs,
    lockWaits: 0,
    onCpu: 0,
    statementIds: Int32Array.of(saving),
    calls: Float64Array.of(calls),
    execMs: Float64Array.of(calls * meanMs),
    sumSquaresMs2: Float64Array.of(calls * meanMs * meanMs),
    rows: Float64Array.of(calls),
    blocks: Float64Array.of(calls * blocks),
    tempBlocks: Float64Array.of(0),
    walRecords: Float64Array.of(calls * walRecords),
    activeSessions: Float64Array.of(0),
    seen: {
      statementIds: Int32Array.of(saving, saving),
      originIds: Int32Array.of(erp, dialogs),
      working: Float64Array.of(1, 0),
      lockWaits: Float64Array.of(0, 0),
      others: Float64Array.of(0, 0),
      pauses: Float64Array.of(9, clerks),
      longestWorkingMs: Float64Array.of(2, 0),
    },
  };
}

function measured(stored: StoredStatement, of: (index: number) => Minute): MeasuredMorning {
  const found = measureMorning({
    ...window,
    statements: [stored],
    overrides: new Map(),
    minutes: Array.from({ length: minutes }, (_, index) => minuteOf(index, of(index))),
    origins,
    fingerprint: 'select 1',
    databaseName: 'erp',
  });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('a morning', () => {
  it('is measured by what saves took, and by the time between their statements', () => {
    const slow = measured(insert, (index) => (index >= 40 && index < 60 ? { meanMs: 8, idleMs: 6000 } : {}));
    expect(slow.saves).toBe(20 * 300);
    expect(slow.damagePerSaveMs).toBeCloseTo(6 + 10, 3);
  });

  it('has no damage from a dialog that stood open for twenty minutes', () => {
    const open = 20 * minuteMs;
    // Booked a minute after it was last seen.
    const late = measured(insert, (index) =>
      index === 50 ? { endedIdleMs: open } : index === 51 ? { idleMs: 3000 + open } : {},
    );
    // Of 20 minutes over 6,000 saves, which were 200 ms each; the pauses of the minute before are lost with them.
    expect(late.damagePerSaveMs).toBeLessThan(1);
  });

  it('counts no pauses of people who save nothing', () => {
    const clerks = measured(insert, (index) => (index >= 40 && index < 60 ? { idleMs: 30_000, clerks: 90 } : {}));
    expect(clerks.damagePerSaveMs).toBeCloseTo(0, 3);
  });

  it('knows by the log that a function saves', () => {
    const call = statement('select erp.save_invoice($1)');
    const blocks = 2000;
    const saved = measured(call, (index) => ({
      blocks,
      walRecords: 40,
      meanMs: index >= 40 && index < 60 ? 18 : 12,
    }));
    expect(saved.saves).toBe(20 * 300);
    expect(saved.damagePerSaveMs).toBeCloseTo(6, 3);
    expect(() => measured(call, () => ({ blocks, walRecords: 0, meanMs: 12 }))).toThrow('no quiet time');
  });
});
