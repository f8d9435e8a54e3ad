import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import { refreshedModel } from '../../../../electron/core/diagnosis/own-refresh.ts';
import { rowOf } from '../../../support/diagnosis-scenarios.ts';
import { at, quietSeconds, smallHistory } from './small-history.ts';

const session = 'daybreak refresh 0b1f6d2e-90aa';
const duringIncident = (second: number): boolean => second >= quietSeconds;

const morning = (refresh: string, applicationName: string) =>
  diagnose(
    smallHistory({
      statements: { save: 'insert into invoice values ($1)', refresh },
      booked: (second) => ({ save: duringIncident(second) ? [100, 42, 10] : [100, 2, 10] }),
      rows: (second) =>
        duringIncident(second)
          ? [
              ...Array.from({ length: 6 }, (_, pid) =>
                rowOf('refresh', 40 + pid, { applicationName, queryStartMs: at(quietSeconds) }),
              ),
              rowOf('save', 2, { waitEventType: 'Lock', waitEvent: 'relation', blockedByPids: [40] }),
            ]
          : [],
      incidentSeconds: 20,
    }),
  );

describe('a refresh of Daybreak’s own that slows people down', () => {
  it.each([
    ['in place', 'refresh materialized view concurrently reporting.monthly_sales_v2_a'],
    ['by period', 'with fresh as (select $1) insert into "reporting"."monthly_sales_v2_a" select * from fresh'],
  ])('is said to be one, and of which read model: %s', (_, text) => {
    const verdict = morning(text, session);
    expect(verdict.findings[0]).toMatchObject({ grade: 'B', class: 'maintenance', cure: 'leave' });
    expect(verdict.findings[0]?.cureText).toContain("Daybreak's own refresh of the read model monthly_sales");
    expect(verdict.sentence).toContain('of the damage comes from Daybreak’s own refresh of monthly_sales');
  });

  it('is no other program’s statement, whatever its relations are called', () => {
    const verdict = morning('insert into archive.orders_v1_a select * from orders', 'etl');
    expect(verdict.findings[0]?.cureText).toBeUndefined();
    expect(verdict.sentence).not.toContain('Daybreak');
  });
});

describe('a statement that refreshes a copy', () => {
  const statement = (text: string | null, applicationNames: readonly string[] = []) => ({
    statementId: '1',
    databaseName: 'erp',
    roleName: 'daybreak',
    queryid: '1',
    toplevel: true,
    text,
    fingerprint: 'x',
    class: 'maintenance' as const,
    classSource: 'score' as const,
    applicationNames: [...applicationNames],
    widgetId: null,
  });

  it('is known by its words alone where none of its sessions was seen', () => {
    expect(refreshedModel(statement('REFRESH MATERIALIZED VIEW reporting.ar_aging_v12_b'))).toBe('ar_aging');
    expect(refreshedModel(statement('refresh materialized view public.mv_sales'))).toBeNull();
  });

  it('is not the bookkeeping beside it, nor a text that nobody may see', () => {
    expect(refreshedModel(statement('update daybreak.run set state = $1', [session]))).toBeNull();
    expect(refreshedModel(statement(null, [session]))).toBeNull();
  });
});
