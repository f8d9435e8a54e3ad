import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../../renderer/screens/schedule/address.ts';
import { agentCommand } from '../../../../renderer/screens/schedule/agent-command.ts';
import {
  calendarProblems,
  holidaysOf,
  newCalendar,
} from '../../../../renderer/screens/schedule/calendars/rule-draft.ts';
import {
  ageText,
  distanceText,
  heldRunsText,
  standingReason,
  troubleWords,
} from '../../../../renderer/screens/schedule/words.ts';
import { hourMs, scheduledModel } from '../../../shared/model/scheduled-model-for-tests.ts';

describe('a schedule in words', () => {
  it('tells an age beside what is accepted', () => {
    expect(ageText(scheduledModel(), 0)).toBe('1 h of 2 h');
    expect(ageText(scheduledModel({ budget: null }), 0)).toBe('1 h');
    expect(ageText(scheduledModel({ asOfMs: null }), 0)).toBe('never read');
  });

  it('tells how far away a moment is', () => {
    expect([
      distanceText(12 * 60_000, 0),
      distanceText(-90_000, 0),
      distanceText(-4_200, 0),
      distanceText(400, 0),
    ]).toEqual(['in 12 min', '2 min ago', '4 s ago', 'now']);
  });

  it('says who runs it, what holds it, and why it stopped', () => {
    const stopped = { atMs: 0, sqlstate: '42501', error: 'permission denied for table invoice', runId: null };
    expect(standingReason(scheduledModel({ stopped }), 0)).toBe('permission denied for table invoice (42501)');
    const reason = { code: 'load_latency', text: 'invoices take 38 ms (p95), usually 21 ms' } as const;
    expect(standingReason(scheduledModel({ held: { state: 'postponed', untilMs: null, reason } }), 0)).toBe(
      reason.text,
    );
    const running = { runId: 'r1', runner: 'agent', startedAtMs: 0, endByMs: hourMs, effort: { workers: 0 } };
    const asked = { ...running, cancelAsked: { by: 'Ada', atMs: 0 } };
    expect(standingReason(scheduledModel({ running: { ...running, cancelAsked: null } }), 4_000)).toMatch(
      / at the latest$/,
    );
    expect(standingReason(scheduledModel({ running: asked }), 4_000)).toBe('Ada asked to cancel it, 4 s ago');
    const paused = { atMs: 0, by: 'Ada', why: 'stock count' };
    expect(standingReason(scheduledModel({ paused }), 0)).toMatch(/^by Ada since .*: stock count$/);
  });

  it('counts what wants a person', () => {
    const models = [
      scheduledModel(),
      scheduledModel({ asOfMs: -9 * hourMs }),
      scheduledModel({ paused: { atMs: 0, by: 'Ada', why: '' } }),
    ];
    expect(troubleWords(models, 0).map(({ text }) => text)).toEqual(['1 over budget', '1 paused']);
  });

  it('names the calendars that hold runs back', () => {
    const window = { calendar: 'Payroll', fromMs: 0, toMs: 1 };
    expect(
      heldRunsText([
        { atMs: 1, window },
        { atMs: 2, window: null },
      ]),
    ).toBe('1 of the next 2 waits for the end of Payroll.');
    expect(heldRunsText([{ atMs: 2, window: null }])).toBe('');
  });
});

it('an address with anything else in it is as if that stood not there', () => {
  expect(readAddress(new URLSearchParams('tab=runs&outcome=failed&since=month&of=sales'))).toMatchObject({
    tab: 'runs',
    outcome: 'failed',
    since: 'month',
    of: 'sales',
  });
  expect(readAddress(new URLSearchParams('tab=else&outcome=great&since=ever&span=year'))).toMatchObject({
    tab: 'schedule',
    outcome: null,
    since: 'week',
    span: 'day',
  });
});

it.each([
  [
    { host: 'db.example', port: 5433, database: 'erp', user: 'daybreak', tlsMode: 'verify-full' as const },
    "daybreak agent --url 'postgresql://daybreak@db.example:5433/erp?sslmode=verify-full'",
  ],
  [
    { host: '/var/run/postgresql', port: 5432, database: 'e r p', user: "o'hara", tlsMode: 'disable' as const },
    "daybreak agent --url 'postgresql://o%27hara@/e%20r%20p?host=%2Fvar%2Frun%2Fpostgresql&port=5432'",
  ],
  [
    { host: '::1', port: 5432, database: 'erp', user: 'a', tlsMode: 'require' as const },
    "daybreak agent --url 'postgresql://a@[::1]:5432/erp?sslmode=require'",
  ],
])('the command of an agent for %o', (settings, command) => {
  expect(agentCommand(settings)).toBe(command);
});

describe('a calendar that is written', () => {
  const calendar = { ...newCalendar('UTC', '2026-12-24'), name: 'Payroll' };
  it('can be saved as it begins, once it has a name', () => {
    expect(calendarProblems(calendar, [])).toEqual([]);
    expect(calendarProblems({ ...calendar, name: ' ' }, [])).toHaveLength(1);
    expect(calendarProblems(calendar, ['Payroll'])).toEqual(['There is a calendar Payroll already.']);
  });

  it('has to hold something back', () => {
    expect(calendarProblems({ ...calendar, noRefresh: false, noSwap: false }, [])).toHaveLength(1);
  });

  it('reads holidays apart by commas or spaces', () => {
    expect(holidaysOf('2026-12-24, 2026-12-25')).toEqual(['2026-12-24', '2026-12-25']);
    expect(holidaysOf('Christmas')).toBeNull();
    expect(holidaysOf('2026-13-01')).toBeNull();
  });
});
