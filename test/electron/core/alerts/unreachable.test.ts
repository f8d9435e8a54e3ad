import { describe, expect, test } from 'vitest';
import {
  reachOf,
  unreachableSteps,
  type Reach,
  type Reachability,
} from '../../../../electron/core/alerts/unreachable.ts';
import type { ConnectionSettings } from '../../../../shared/model/connection.ts';
import { minuteMs, seven, storedEpisode } from './some-alerts.ts';

const lost: Reachability = {
  label: 'erp-prod',
  reach: 'out_of_reach',
  sinceMs: seven,
  reason: 'Nobody listens there.',
  budgets: null,
};
const open = storedEpisode({
  episodeId: `server_unreachable erp-prod ${seven}`,
  kind: 'server_unreachable',
  subject: 'erp-prod',
});

const settings: ConnectionSettings = {
  label: 'erp-prod',
  environment: 'production',
  host: 'nowhere.invalid',
  port: 5432,
  database: 'erp',
  user: 'nobody',
  tlsMode: 'disable',
  tlsCaFile: null,
  passfile: null,
  cores: null,
  readModelSchema: 'reporting',
};

describe('a server', () => {
  test('is called unreachable after three minutes, once, with the reason', () => {
    expect(unreachableSteps(lost, [], seven + 2 * minuteMs).open).toEqual([]);
    const [episode] = unreachableSteps(lost, [], seven + 3 * minuteMs).open;
    expect(episode).toMatchObject({ kind: 'server_unreachable', severity: 'critical', openedAtMs: seven });
    expect(episode?.text).toContain('Nobody listens there.');
    expect(episode?.text).toContain('nobody can tell how old they are.');
    expect(unreachableSteps(lost, [open], seven + 4 * minuteMs)).toEqual({ open: [], close: [] });
  });

  test('that was looked at before says when which budget is over', () => {
    const budgets = { seenAtMs: seven, ends: [{ readModel: 'sales', overMs: seven + 60 * minuteMs }] };
    const [episode] = unreachableSteps({ ...lost, budgets }, [], seven + 3 * minuteMs).open;
    expect(episode?.text).toContain(
      'not refreshed from here: as last seen 2026-11-20T06:00:00.000Z, sales is over its budget from 2026-11-20T07:00:00.000Z on. Look',
    );
  });

  test('is over it when it answers or when somebody disconnects it, and not because the engine started anew', () => {
    const later = seven + 5 * minuteMs;
    const texts = (['reached', 'left', 'untried'] as const).map((reach) =>
      unreachableSteps({ ...lost, reach }, [open], later).close.map(({ recoveredText }) => recoveredText),
    );
    expect(texts).toEqual([
      ['erp-prod answers again after 5 min.'],
      ['erp-prod was disconnected here: Daybreak does not watch it any more.'],
      [],
    ]);
  });

  test('that was reached before and refuses every attempt since the start is out of reach', () => {
    const summary = { state: 'disconnected' as const, notice: null, lastConnectedAtMs: 1, settings };
    const follow = (before: Reach, changes: object) => reachOf({ ...summary, ...changes }, before);
    expect(follow('untried', {})).toBe('untried');
    expect(follow('untried', { notice: 'refused' })).toBe('out_of_reach');
    expect(follow('out_of_reach', { state: 'connecting', notice: 'refused' })).toBe('out_of_reach');
    expect(follow('out_of_reach', { state: 'connected' })).toBe('reached');
    expect(follow('reached', {})).toBe('left');
    expect(follow('reached', { state: 'lost', notice: 'gone' })).toBe('out_of_reach');
    // Whoever fills in a form for the first time is no alert.
    expect(follow('untried', { notice: 'refused', lastConnectedAtMs: null })).toBe('untried');
  });
});
