import { describe, expect, it } from 'vitest';
import { searchParams } from '../../../renderer/app/route.ts';
import {
  noFilter,
  readAddress,
  writeAddress,
  type MorningsAddress,
} from '../../../renderer/screens/mornings/address.ts';

const read = (path: string, params: Record<string, string>) =>
  readAddress(path.split('/').filter(Boolean), new URLSearchParams(params));

const chosen: MorningsAddress = {
  range: '48h',
  zoom: { fromMs: 500, toMs: 5000 },
  window: { fromMs: 1000, toMs: 2000 },
  other: null,
  comparing: false,
  filter: { applicationNames: ['<img onerror=alert(1)>', 'erp, web'], roleNames: [''], databaseNames: ['erp'] },
  tab: 'victims',
  statementId: '17',
  statementTab: 'plan',
  saidSeconds: 30,
};

const again = (address: MorningsAddress): MorningsAddress => {
  const { path, params } = writeAddress(address);
  return readAddress(path.split('/').filter(Boolean), new URLSearchParams(searchParams(params).toString()));
};

describe('the address of a morning', () => {
  it('is read back as it was written, so that one person can send it to another', () => {
    expect(again(chosen)).toEqual(chosen);
    const comparing = { ...chosen, comparing: true, other: { fromMs: 1, toMs: 2 }, statementId: null };
    expect(again({ ...comparing, statementTab: 'why' })).toEqual({ ...comparing, statementTab: 'why' });
  });

  it('says nothing of what is as always', () => {
    const { path, params } = writeAddress({
      ...chosen,
      range: '1h',
      zoom: null,
      window: null,
      filter: noFilter,
      tab: 'findings',
      statementId: null,
      saidSeconds: null,
    });
    expect(path).toBe('/mornings');
    expect([...searchParams(params)]).toEqual([]);
  });

  it('opens no statement without a window to show it in', () => {
    expect(writeAddress({ ...chosen, window: null })).toMatchObject({ path: '/mornings', params: { statement: null } });
    expect(read('mornings/finding', { statement: '17' }).statementId).toBeNull();
    expect(read('mornings/finding', { statement: '17', from: '1000', to: '2000' }).statementId).toBe('17');
  });

  it('may be typed: ISO times count, nonsense is left out', () => {
    expect(read('mornings', { from: '2026-11-20T07:52:00Z', to: '2026-11-20T08:21:00Z' }).window).toEqual({
      fromMs: Date.UTC(2026, 10, 20, 7, 52),
      toMs: Date.UTC(2026, 10, 20, 8, 21),
    });
    for (const [from, to] of [
      ['2000', '1000'],
      ['soon', '2000'],
      ['', ''],
    ] as const) {
      expect(read('mornings', { from, to, range: 'x', tab: 'y', said: '-3', view: 'z' })).toMatchObject({
        range: '1h',
        window: null,
        tab: 'findings',
        saidSeconds: null,
        statementTab: 'why',
      });
    }
  });
});
