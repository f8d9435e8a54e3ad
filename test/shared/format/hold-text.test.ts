import { describe, expect, test } from 'vitest';
import { freshnessLabel } from '../../../shared/format/freshness-label.ts';
import { holdInFull, holdsText } from '../../../shared/format/hold-text.ts';
import { widgetCsv } from '../../../shared/format/widget-csv.ts';
import type { Freshness, FreshnessHold } from '../../../shared/model/freshness.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);
const now = at('2026-11-30T09:00:00+01:00');
const monthEnd = (fromIso: string, toIso: string): FreshnessHold => ({
  kind: 'frozen',
  window: { calendar: 'month-end', fromMs: at(fromIso), toMs: at(toIso) },
});
const open = monthEnd('2026-11-30T07:00:00+01:00', '2026-11-30T20:00:00+01:00');
const held = (state: Freshness['state'], ...holds: FreshnessHold[]): Freshness => ({
  asOf: '2026-11-29T23:00:00+01:00',
  source: state === 'offline' ? 'cache' : 'live',
  state,
  holds,
});

describe('the label of a number whose read model is held', () => {
  test.each<[Freshness['state'], string]>([
    ['fresh', 'as of yesterday 23:00 · frozen for month-end since 7:00 this morning'],
    ['due', 'as of yesterday 23:00 · frozen for month-end since 7:00 this morning'],
    ['stale', 'as of yesterday 23:00 · frozen for month-end since 7:00 this morning'],
    ['offline', 'as of yesterday 23:00 · offline · frozen for month-end since 7:00 this morning'],
  ])('says what freezes it, where it is %s', (state, label) => {
    expect(freshnessLabel(held(state, open), now, berlin)).toBe(label);
  });

  test('changes as the window opens and closes, by the reader’s clock', () => {
    const label = (iso: string, zone = berlin) => freshnessLabel(held('stale', open), at(iso), zone);
    expect(label('2026-11-30T06:59:59+01:00')).toBe('as of yesterday 23:00 · stale');
    expect(label('2026-11-30T07:00:00+01:00')).toContain('frozen for month-end since 7:00 this morning');
    expect(label('2026-11-30T15:00:00+01:00', 'Asia/Kolkata')).toContain('since 11:30 this morning');
    expect(label('2026-11-30T20:00:00+01:00')).toBe('as of yesterday 23:00 · stale');
  });

  test('leaves to the hover what does not freeze it', () => {
    const paused: FreshnessHold = { kind: 'paused', sinceMs: at('2026-11-29T18:00:00+01:00') };
    expect(freshnessLabel(held('stale', paused), now, berlin)).toBe('as of yesterday 23:00 · stale');
  });
});

describe('the words about what holds a read model', () => {
  const stopped: FreshnessHold = { kind: 'stopped', sinceMs: at('2026-11-30T03:10:00+01:00') };

  test('name all of it, with its end', () => {
    expect(holdsText(held('stale', open, stopped), now, berlin)).toBe(
      'frozen for month-end since 7:00 this morning, until 20:00 today · its schedule stopped after an error, 3:10 this morning',
    );
    const version: FreshnessHold = { ...open, kind: 'no_swap' } as FreshnessHold;
    expect(holdsText(held('fresh', version), now, berlin)).toBe(
      'kept at its version for month-end since 7:00 this morning, until 20:00 today',
    );
  });

  test('say of the cache that this was known last, and nothing where nothing holds', () => {
    const paused: FreshnessHold = { kind: 'paused', sinceMs: at('2026-11-29T18:00:00+01:00') };
    expect(holdsText(held('offline', paused), now, berlin)).toBe(
      'as last known: its schedule is paused since yesterday 18:00',
    );
    expect(holdsText(held('fresh'), now, berlin)).toBeNull();
    expect(holdsText(held('fresh', open), at('2026-12-01T09:00:00+01:00'), berlin)).toBeNull();
  });

  test('are whole moments where nobody knows the reader’s day', () => {
    const iso = (atMs: number) => new Date(atMs).toISOString();
    const text = 'frozen for month-end since 2026-11-30T06:00:00.000Z, until 2026-11-30T19:00:00.000Z';
    expect(holdInFull(open, iso)).toBe(text);
    const csv = widgetCsv({ columns: [{ name: 'n', type: 'integer' }], rows: [['1']], freshness: held('stale', open) });
    expect(csv).toContain(`stale: ${text}`);
  });
});
