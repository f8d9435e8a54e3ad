import { describe, expect, it } from 'vitest';
import {
  dashboardFreshness,
  isOffline,
  shownFreshness,
} from '../../../renderer/screens/dashboards/dashboard-freshness.ts';
import { eachBounded, nextLookMs, type LookedAt } from '../../../renderer/stores/widget-refresh.ts';
import { needsAsking, notAsked, sourceKey, type WidgetState } from '../../../renderer/stores/widget-state.ts';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';

const nowMs = Date.UTC(2026, 10, 20, 8, 0);
const ago = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();
const freshness = (part: Partial<Freshness>): Freshness => ({ asOf: ago(1), source: 'live', state: 'fresh', ...part });
const widget = (widgetId: string): Widget => ({
  widgetId,
  title: widgetId,
  question: 'How much?',
  kind: 'number',
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: null,
  series: null,
  values: ['n'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 4, h: 2 },
});
const state = (age: Partial<Freshness>, part: Partial<WidgetState> = {}): WidgetState => ({
  ...notAsked,
  data: { widgetId: 'a', columns: [], rows: [], freshness: freshness(age), tookMs: null },
  askedAtMs: nowMs,
  askedFor: sourceKey(widget('a')),
  ...part,
});
const dashboard: Dashboard = {
  dashboardId: 'd',
  serverId: 's',
  title: 'Executive',
  widgets: [widget('a'), widget('b'), widget('c')],
};

const input = (widgets: Record<string, WidgetState>, online = true) => ({ dashboard, widgets, online, nowMs });

describe('the dashboard’s own label', () => {
  it('is its oldest widget; one without a number does not count', () => {
    const widgets = { 'd/a': state({ asOf: ago(5) }), 'd/b': state({ asOf: ago(90), state: 'stale' }) };
    expect(dashboardFreshness(input(widgets))).toMatchObject({ asOf: ago(90), state: 'stale' });
    expect(dashboardFreshness(input({}))).toBeNull();
  });

  it('names that widget, and those whose age nobody knows', () => {
    const widgets = { 'd/a': state({ asOf: ago(5) }), 'd/b': state({ asOf: null, state: 'unknown' }) };
    expect(dashboardFreshness(input(widgets))).toMatchObject({
      asOf: ago(5),
      reason: 'it is a · nothing says how old b is',
    });
    expect(dashboardFreshness(input({ 'd/b': state({ asOf: null, state: 'unknown' }) }))?.state).toBe('unknown');
  });

  it('knows that saved numbers are shown', () => {
    expect(isOffline(input({ 'd/b': state({ source: 'cache', state: 'offline' }) }))).toBe(true);
    expect(isOffline(input({ 'd/b': state({}) }))).toBe(false);
  });
});

describe('a saved number while the database is within reach', () => {
  const problem = { code: 'server_error', message: 'no such relation', retryable: false } as const;
  const cached = (part: Partial<WidgetState>) =>
    state({ asOf: ago(45), source: 'cache', state: 'offline' }, { saved: true, ...part });
  const shown = (part: Partial<WidgetState>, online = true, of = widget('a')) =>
    shownFreshness(of, cached(part), online, nowMs)?.state;

  it('is refreshing while its successor is on its way', () => {
    expect(shown({})).toBe('refreshing');
    expect(shown({}, false)).toBe('offline');
  });

  it('is offline when that is what the engine answered', () => {
    expect(shown({ saved: false })).toBe('offline');
  });

  it('is as old as it is when its successor could not be read', () => {
    expect(shown({ problem })).toBe('due');
    expect(shownFreshness(widget('a'), cached({ problem }), true, nowMs)?.reason).toContain('no such relation');
    expect(shown({ problem }, true, { ...widget('a'), budget: 'live' })).toBe('stale');
  });
});

describe('a number that nobody asked for again', () => {
  const shown = (age: Partial<Freshness>, of = widget('a')) => shownFreshness(of, state(age), true, nowMs)?.state;

  it('stops being live', () => {
    expect(shown({ asOf: ago(1), state: 'live' })).toBe('live');
    expect(shown({ asOf: ago(10), state: 'live' })).toBe('fresh');
    expect(shown({ asOf: ago(10), state: 'live' }, { ...widget('a'), budget: 'live' })).toBe('stale');
  });

  it('falls due and goes stale on the screen', () => {
    expect(shown({ asOf: ago(45), state: 'fresh' })).toBe('due');
    expect(shown({ asOf: ago(90), state: 'fresh' })).toBe('stale');
  });
});

describe('a number whose successor is on its way', () => {
  it('stays, and says so once that takes longer than a blink', () => {
    const asked = state({ asOf: ago(45), state: 'due' }, { loading: true });
    expect(shownFreshness(widget('a'), asked, true, nowMs)?.state).toBe('due');
    expect(shownFreshness(widget('a'), { ...asked, awaited: true }, true, nowMs)).toMatchObject({
      asOf: ago(45),
      state: 'refreshing',
    });
  });
});

describe('a number out of a read model', () => {
  it('is never called live, even where its widget wants that', () => {
    const wanted = { ...widget('a'), budget: 'live' as const };
    expect(shownFreshness(wanted, state({ asOf: ago(1), state: 'fresh' }), true, nowMs)?.state).toBe('fresh');
  });
});

describe('a number that was read before the database went away', () => {
  it('is offline and says why, however young it is', () => {
    for (const age of [
      { asOf: ago(1), state: 'live' },
      { asOf: ago(5), state: 'fresh' },
    ] as const) {
      expect(shownFreshness(widget('a'), state(age), false, nowMs)).toEqual({
        asOf: age.asOf,
        source: 'live',
        state: 'offline',
        reason: 'the database is out of reach now',
      });
    }
    expect(isOffline(input({ 'd/a': state({ state: 'live' }) }, false))).toBe(true);
  });

  it('keeps the reason that the engine gave', () => {
    const answered = state({ source: 'cache', state: 'offline', reason: 'the login failed' });
    expect(shownFreshness(widget('a'), answered, false, nowMs)?.reason).toBe('the login failed');
  });
});

describe('the next look at a widget', () => {
  const budget = { minutes: 30 };
  const age = (minutes: number) => freshness({ asOf: ago(minutes) });
  const look = (part: Partial<LookedAt>, random = 0, skewMs = 0) =>
    nextLookMs({ budget, freshness: age(20), askedAtMs: nowMs, failures: 0, ...part }, skewMs, random) - nowMs;

  it('comes when its number falls due by its as-of, spread by a minute at most', () => {
    expect(look({})).toBe(10 * 60_000);
    expect(look({}, 0.999)).toBeLessThanOrEqual(11 * 60_000);
    expect(look({ budget: { minutes: 5 }, freshness: age(0) }, 0.999)).toBeLessThanOrEqual(5.5 * 60_000);
    const year = { minutes: 365 * 1440 };
    expect(look({ budget: year })).toBe((365 * 1440 - 20) * 60_000);
  });

  it('is planned on the server’s clock, which the as-of is on', () => {
    expect(look({}, 0, 4 * 60_000)).toBe(6 * 60_000);
  });

  it('of a nightly number comes when the next night’s refresh is due', () => {
    // It is eight in London; the night of Berlin is due at three there.
    const nightly = { nightly: { at: '04:00', timeZone: 'Europe/Berlin' } };
    expect(look({ budget: nightly, freshness: age(60) })).toBe(19 * 3_600_000);
    expect(look({ budget: nightly, freshness: age(60) }, 0.999)).toBeLessThanOrEqual(19 * 3_600_000 + 60_000);
  });

  it('does not hurry because a number is late: its owner refreshes it, not the reader', () => {
    expect(look({ freshness: age(500) })).toBe(7.5 * 60_000);
    expect(look({ budget: { minutes: 1440 }, freshness: age(5000) })).toBe(15 * 60_000);
    expect(look({ budget: { minutes: 1 }, freshness: age(500) })).toBe(20_000);
  });

  it('is made once for what fell due while the machine slept, and then planned from there', () => {
    const asleep = { freshness: age(600), askedAtMs: nowMs - 600 * 60_000 };
    expect(look(asleep)).toBeLessThanOrEqual(0);
    expect(look({ freshness: age(600) })).toBeGreaterThan(0);
  });

  it('comes soon for a live number, and for one that is being refreshed', () => {
    expect(look({ budget: 'live', freshness: null })).toBe(30_000);
    expect(look({ freshness: freshness({ state: 'refreshing' }) })).toBe(20_000);
    expect(look({ askedAtMs: null })).toBeLessThanOrEqual(0);
  });

  it('waits longer after each failure, and not for ever', () => {
    const waits = [1, 2, 3, 4, 20].map((failures) => look({ failures }));
    expect(waits).toEqual([20_000, 40_000, 80_000, 160_000, 15 * 60_000]);
  });
});

describe('an opened dashboard', () => {
  it('asks for what it has not, for saved numbers, and after the source changed; not for what was just read', () => {
    const a = widget('a');
    expect(needsAsking(a, undefined, nowMs)).toBe(true);
    expect(needsAsking(a, state({ source: 'cache' }), nowMs)).toBe(true);
    expect(needsAsking(a, state({}, { askedFor: 'another source' }), nowMs)).toBe(true);
    expect(needsAsking(a, state({}), nowMs + 60_000)).toBe(true);
    expect(needsAsking(a, state({}), nowMs + 1000)).toBe(false);
  });

  it('has two questions in flight at most', async () => {
    let flying = 0;
    let most = 0;
    const done: number[] = [];
    await eachBounded([1, 2, 3, 4, 5], 2, async (item) => {
      flying += 1;
      most = Math.max(most, flying);
      await Promise.resolve();
      flying -= 1;
      done.push(item);
    });
    expect(most).toBe(2);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });
});
