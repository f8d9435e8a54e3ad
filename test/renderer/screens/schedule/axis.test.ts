import { describe, expect, it } from 'vitest';
import { axisWindow, snappedMs, stretchOf, ticksOf } from '../../../../renderer/screens/schedule/axis/axis-scale.ts';
import { everyMs, heldText, verdictOn } from '../../../../renderer/screens/schedule/axis/run-move.ts';
import { usualLoad } from '../../../../shared/model/usual-load.ts';
import { scheduledModel } from '../../../shared/model/scheduled-model-for-tests.ts';

const zone = 'Europe/Berlin';
const hourMs = 3_600_000;
const at = (iso: string) => Date.parse(`${iso}+01:00`);
const nowMs = at('2026-12-01T13:20:00');

describe('the time axis', () => {
  it('shows a quarter of a day of what ran, and the rest of what is planned', () => {
    expect(axisWindow('day', nowMs, zone)).toEqual({
      fromMs: at('2026-12-01T07:00:00'),
      toMs: at('2026-12-02T07:00:00'),
    });
  });

  it('shows whole days of the reader, also where one of them has 25 hours', () => {
    const { fromMs, toMs } = axisWindow('week', at('2026-10-25T12:00:00'), zone);
    expect([fromMs, toMs]).toEqual([Date.parse('2026-10-23T00:00:00+02:00'), at('2026-10-30T00:00:00')]);
    expect(ticksOf({ fromMs, toMs }, 12, zone)).toHaveLength(13);
  });

  it('has its hours where the clock of the zone has them', () => {
    const kolkata = ticksOf({ fromMs: nowMs, toMs: nowMs + 6 * hourMs }, 2, 'Asia/Kolkata');
    expect(kolkata.map((tick) => new Date(tick).getUTCMinutes())).toEqual([30, 30, 30]);
  });

  it('cuts what reaches over its ends, and leaves out what lies beyond', () => {
    const scale = { fromMs: 0, toMs: 100 };
    expect(stretchOf({ fromMs: -50, toMs: 25 }, scale)).toEqual({ left: '0.000%', width: '25.000%' });
    expect(stretchOf({ fromMs: 101, toMs: 120 }, scale)).toBeNull();
  });

  it('drops a run on a quarter of an hour that lies ahead', () => {
    const scale = axisWindow('day', nowMs, zone);
    expect(snappedMs(at('2026-12-01T15:08:00'), nowMs, scale)).toBe(at('2026-12-01T15:15:00'));
    expect(snappedMs(at('2026-12-01T09:00:00'), nowMs, scale)).toBe(at('2026-12-01T13:30:00'));
    expect(snappedMs(at('2026-12-03T09:00:00'), nowMs, scale)).toBe(at('2026-12-02T06:45:00'));
  });
});

describe('moving a planned run', () => {
  const model = scheduledModel({
    schedule: { kind: 'cron', expression: '30 18 * * *', timeZone: zone },
    nextRuns: [
      { atMs: at('2026-12-01T18:30:00'), window: null },
      { atMs: at('2026-12-02T18:30:00'), window: null },
    ],
  });
  const held = { readModel: 'sales', fromMs: at('2026-12-01T18:30:00'), toMs: at('2026-12-01T21:00:00') };
  const closing = {
    calendar: 'Month-end closing',
    fromMs: at('2026-12-01T20:00:00'),
    toMs: at('2026-12-01T22:00:00'),
    noRefresh: true,
    noSwap: true,
    readModels: null,
  };

  it('gives its cron the new time', () => {
    expect(verdictOn(model, held, [], nowMs, zone)).toEqual({
      ok: true,
      schedule: { kind: 'cron', expression: '0 21 * * *', timeZone: zone },
    });
  });

  it('is refused inside a no-refresh window, and says which and until when', () => {
    const verdict = verdictOn(model, held, [closing], nowMs, zone);
    expect(verdict).toMatchObject({ ok: false, why: expect.stringContaining('lies inside Month-end closing') });
  });

  it('takes the zone of the night whose place it takes', () => {
    const nightly = scheduledModel({
      budget: { nightly: { at: '04:00', timeZone: 'Asia/Tokyo' } },
      nextRuns: [{ atMs: held.fromMs, window: null }],
    });
    expect(verdictOn(nightly, held, [], nowMs, zone)).toEqual({
      ok: true,
      schedule: { kind: 'cron', expression: '0 5 * * *', timeZone: 'Asia/Tokyo' },
    });
  });

  it('knows the rhythm from the shortest way between two runs', () => {
    expect(everyMs(model)).toBe(24 * hourMs);
    expect(everyMs({ nextRuns: [] })).toBeNull();
  });

  it('says what the ERP usually does then', () => {
    const bucket = (iso: string, oltp: number) => ({
      atMs: at(iso),
      oltp,
      reporting: 0,
      batch: 0,
      maintenance: 0,
      lockWaits: 0,
      oltpMeanMs: null,
      oltpCalls: 0,
      damageSeconds: 0,
    });
    const buckets = [bucket('2026-11-30T18:30:00', 4.1), bucket('2026-11-30T21:00:00', 0.4)];
    const usual = usualLoad({ buckets, bucketMs: 1_800_000 }, zone);
    expect(heldText(held, usual, zone)).toBe('21:00 instead of 18:30 · usually 0.4 active sessions instead of 4.1');
    expect(heldText(held, null, zone)).toBe('21:00 instead of 18:30');
  });
});
