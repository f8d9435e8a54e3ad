import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCronMs, nextCronTimes } from '../../../electron/core/schedule/decide/cron.ts';
import { clockFields, movedRun, type RunMove } from '../../../shared/model/moved-run.ts';

const zone = 'Europe/Berlin';
const at = (clock: string) => Date.parse(`2026-12-01T${clock}:00+01:00`);
const minuteMs = 60_000;

const move = (changes: Partial<RunMove>) =>
  movedRun({
    schedule: { kind: 'cron', expression: '30 7 * * 1-5', timeZone: zone },
    fromMs: at('07:30'),
    toMs: at('05:15'),
    everyMs: 24 * 60 * minuteMs,
    timeZone: zone,
    ...changes,
  });
const cron = (expression: string, timeZone = zone) => ({ ok: true, schedule: { kind: 'cron', expression, timeZone } });
const ofCron = (expression: string, timeZone = zone) => ({ kind: 'cron' as const, expression, timeZone });

describe('a planned run of a cron', () => {
  it('is due at the other time, on the days that it had', () => {
    expect(move({})).toEqual(cron('15 5 * * 1-5'));
  });

  it('moves with all its times of the day', () => {
    expect(move({ schedule: ofCron('30 7,19 * * *') })).toEqual(cron('15 5,17 * * *'));
    expect(move({ schedule: ofCron('*/30 * * * *'), fromMs: at('07:30'), toMs: at('07:45') })).toEqual(
      cron('15,45 * * * *'),
    );
  });

  it('is told on the clock of its own zone', () => {
    expect(move({ schedule: ofCron('30 6 * * *', 'UTC') })).toEqual(cron('15 4 * * *', 'UTC'));
  });

  it('goes over midnight', () => {
    expect(move({ schedule: ofCron('30 7 * * *'), toMs: at('23:45') })).toEqual(cron('45 23 * * *'));
  });

  it('takes its days over midnight with it', () => {
    const late = { fromMs: at('23:30'), toMs: at('23:30') + 60 * minuteMs };
    expect(move({ schedule: ofCron('30 23 * * 1-5'), ...late })).toEqual(cron('30 0 * * 2-6'));
    expect(move({ schedule: ofCron('30 23 1 * *'), ...late })).toEqual(cron('30 0 2 * *'));
    expect(move({ schedule: ofCron('30 23 * * *'), ...late })).toEqual(cron('30 0 * * *'));
    const early = { fromMs: at('00:30'), toMs: at('00:30') - 60 * minuteMs };
    expect(move({ schedule: ofCron('30 0 * * 0,2,4'), ...early })).toEqual(cron('30 23 * * 1,3,6'));
  });

  it('stays where its days would be others in each month, or only some of its times on another day', () => {
    const early = { fromMs: at('00:30'), toMs: at('00:30') - 60 * minuteMs };
    expect(move({ schedule: ofCron('30 0 1 * *'), ...early })).toEqual({
      ok: false,
      why: 'Its days (day 1 of the month) cannot be moved to another day in one cron text: drop it on the day that it has, or change them in the schedule.',
    });
    expect(move({ schedule: ofCron('30 0 * 12 2'), ...early })).toMatchObject({ ok: false });
    expect(move({ schedule: ofCron('30 0 * * MON-FRI'), ...early })).toMatchObject({ ok: false });
    expect(move({ schedule: ofCron('30 0,12 * * 1-5'), ...early })).toMatchObject({
      ok: false,
      why: expect.stringContaining('Only some of its times') as string,
    });
    expect(move({ schedule: ofCron('30 0 * * MON-FRI'), fromMs: at('00:30'), toMs: at('01:15') })).toEqual(
      cron('15 1 * * MON-FRI'),
    );
  });

  it('lands exactly where it was dropped, and the runs around it as far from there as before', () => {
    const numbers = (min: number, max: number) =>
      fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join(','));
    const field = (min: number, max: number) =>
      fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 2, arbitrary: numbers(min, max) });
    const weekdays = fc.oneof(field(0, 7), fc.constantFrom('1-5', '6,0', '*/2', '5-7', 'MON'));
    const minute = fc.oneof(numbers(0, 59), fc.constantFrom('*/15', '*/20', '7-59/10'));
    const hour = fc.oneof(numbers(0, 23), fc.constantFrom('*', '6-20', '*/6'));
    const cronText = fc.tuple(minute, hour, field(1, 31), field(1, 12), weekdays).map((fields) => fields.join(' '));
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
    let accepted = 0;
    fc.assert(
      fc.property(
        cronText,
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        fc.oneof(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -3000, max: 3000 })),
        (expression, timeZone, startMinutes, byMinutes) => {
          const fromMs = nextCronMs({ expression, timeZone }, Date.UTC(2026, 0, 1) + startMinutes * minuteMs);
          if (fromMs === null) return;
          const toMs = fromMs + byMinutes * minuteMs;
          const moved = movedRun({ schedule: ofCron(expression, timeZone), fromMs, toMs, everyMs: null, timeZone });
          if (!moved.ok) return;
          accepted += 1;
          expect(nextCronMs(moved.schedule, toMs - 1)).toBe(toMs);
          // Wherever the clocks do not change between, the next times are the old ones moved alike.
          if (timeZone !== 'UTC') return;
          const before = nextCronTimes({ expression, timeZone }, fromMs, 5).map((atMs) => atMs + byMinutes * minuteMs);
          expect(nextCronTimes(moved.schedule, toMs, 5)).toEqual(before);
        },
      ),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(60);
  });

  it('is not dropped into an hour that the clocks show twice', () => {
    const schedule = ofCron('0 5 * * *');
    const [fromMs, second] = [Date.parse('2026-10-25T05:00:00+01:00'), Date.parse('2026-10-25T02:30:00+01:00')];
    expect(move({ schedule, fromMs, toMs: second })).toMatchObject({
      ok: false,
      why: expect.stringContaining('twice') as string,
    });
    expect(move({ schedule: { kind: 'budget' }, fromMs, toMs: second })).toMatchObject({ ok: false });
    expect(move({ schedule, fromMs, toMs: second - 60 * 60 * 1000 })).toEqual(cron('30 2 * * *'));
  });

  it('stays where only the day would be another', () => {
    expect(move({ toMs: at('07:30') + 24 * 60 * minuteMs })).toMatchObject({ ok: false });
  });

  it('stays where one text cannot hold its times', () => {
    expect(move({ schedule: ofCron('0,45 7 * * *'), fromMs: at('07:45'), toMs: at('08:00') })).toMatchObject({
      ok: false,
    });
    expect(move({ schedule: ofCron('0 6 * * *'), fromMs: at('06:00') })).toMatchObject({ ok: true });
    expect(move({ schedule: ofCron('H 6 * * *') })).toMatchObject({ ok: false });
  });
});

describe('a planned run that follows its budget', () => {
  const budget = { kind: 'budget' } as const;
  it('becomes a cron that is due at least as often', () => {
    expect(move({ schedule: budget, everyMs: 24 * 60 * minuteMs })).toEqual(cron('15 5 * * *'));
    expect(move({ schedule: budget, everyMs: 115 * minuteMs })).toEqual(cron('15 * * * *'));
    expect(move({ schedule: budget, everyMs: 26 * minuteMs })).toEqual(cron('15-59/20 * * * *'));
    expect(move({ schedule: budget, everyMs: 5 * 60 * minuteMs })).toEqual(cron('15 1-23/4 * * *'));
  });

  it('stays where it is refreshed all the time', () => {
    expect(move({ schedule: budget, everyMs: 3 * minuteMs })).toMatchObject({ ok: false });
  });
});

it('what follows others, or waits for a person, says so', () => {
  expect(move({ schedule: { kind: 'after', parents: ['sales'] } })).toMatchObject({
    ok: false,
    why: 'It follows sales: move those, or give it a time of its own.',
  });
  expect(move({ schedule: { kind: 'hand' } })).toMatchObject({ ok: false });
});

it('a rhythm that begins at midnight is a plain step', () => {
  expect(clockFields([0, 360, 720, 1080])).toBe('0 */6');
});
