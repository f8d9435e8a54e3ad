import { describe, expect, test } from 'vitest';
import { stillRead, type ReadTraces } from '../../../../../electron/core/read-model/soak/still-read.ts';

const since = '2026-03-02T07:00:00.000Z';
const unread: ReadTraces = {
  since,
  before: { sales_v1_a: 40 },
  scans: [{ relation: 'sales_v1_a', scans: 40, lastReadAt: '2026-03-02T06:59:00.000Z' }],
  dependents: [],
  holders: [],
};

describe('a version that readers were switched away from', () => {
  test('is not read where nothing came since', () => {
    expect(stillRead(unread)).toMatchObject({
      read: false,
      scans: 0,
      text: 'Not read since the switch, and nothing depends on it.',
    });
  });

  test('is not read by those who had begun before the switch, and are counted late', () => {
    const scans = [{ relation: 'sales_v1_a', scans: 43, lastReadAt: '2026-03-02T07:00:20.000Z' }];
    expect(stillRead({ ...unread, scans })).toMatchObject({ read: false, scans: 3 });
  });

  test('is read by whoever came later', () => {
    const scans = [{ relation: 'sales_v1_a', scans: 43, lastReadAt: '2026-03-02T09:00:00.000Z' }];
    expect(stillRead({ ...unread, scans })).toMatchObject({
      read: true,
      text: 'Still read: 3 scans since the switch, the last at 2026-03-02T09:00:00.000Z.',
    });
  });

  test('counts every scan where the server keeps no time of them', () => {
    const scans = [{ relation: 'sales_v1_a', scans: 41, lastReadAt: null }];
    expect(stillRead({ ...unread, scans })).toMatchObject({ read: true, scans: 1 });
  });

  test('is read by what depends on it and by who holds it', () => {
    expect(stillRead({ ...unread, dependents: ['view erp.board'] })).toMatchObject({
      read: true,
      text: 'Still read: view erp.board depends on it.',
    });
    expect(stillRead({ ...unread, holders: ['metabase (boss, process 7), active for 3 s'] }).read).toBe(true);
  });

  test.each([
    ['the switch was never written down', { since: null }],
    ['the statistics were reset', { scans: [{ relation: 'sales_v1_a', scans: 2, lastReadAt: null }] }],
  ])('is not called unread where %s', (_, traces) => {
    const found = stillRead({ ...unread, scans: [{ relation: 'sales_v1_a', scans: 2, lastReadAt: null }], ...traces });
    expect(found).toMatchObject({ scans: null, read: false });
    expect(found.text).toContain('is not known');
  });
});
