import { expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import { rowOf } from '../../../support/diagnosis-scenarios.ts';
import { at, quietSeconds, smallHistory } from './small-history.ts';

it('saves that a report slows to seconds stay victims, where nothing but activity is known', () => {
  const slowSaveSeconds = 3;
  const input = smallHistory({
    statements: { save: 'insert into invoice values ($1)', scan: 'select sum(x) from line where note like $1' },
    booked: () => ({}),
    rows: (second) =>
      second < quietSeconds
        ? second % 10 === 0
          ? [rowOf('save', 1, { queryStartMs: at(second + 0.5) - 3 })]
          : []
        : [
            ...[1, 2, 3, 4].map((pid) =>
              rowOf('save', pid, { queryStartMs: at(second - ((second + pid) % slowSaveSeconds)) }),
            ),
            ...[11, 12, 13, 14, 15, 16].map((pid) => rowOf('scan', pid, { queryStartMs: at(quietSeconds) })),
          ],
    incidentSeconds: 30,
  });
  const verdict = diagnose({ ...input, deltas: [], statisticsAvailable: false });
  // Four sessions for 30 s, but for what is usual.
  expect(verdict.damageSeconds).toBeGreaterThan(110);
  expect(verdict.findings.map(({ statement }) => statement.statementId)).toEqual(['scan']);
  expect(verdict.findings[0]).toMatchObject({ grade: 'B', class: 'reporting' });
});
