import { expect, it } from 'vitest';
import { unseenAlerts, withSeen } from '../../../renderer/stores/unseen-alerts.ts';

const open = (episodeId: string, changes: Partial<Parameters<typeof unseenAlerts>[0][number]> = {}) => ({
  episodeId,
  acknowledged: null,
  severity: 'warning' as const,
  ...changes,
});

it('counts what is open and was not on the screen, and says whether any of it is critical', () => {
  const alerts = [open('late sales'), open('agent missing', { severity: 'critical' }), open('late stock')];
  expect(unseenAlerts(alerts, [])).toEqual({ count: 3, critical: true });
  expect(unseenAlerts(alerts, ['agent missing', 'late stock'])).toEqual({ count: 1, critical: false });
  expect(unseenAlerts([], [])).toEqual({ count: 0, critical: false });
});

it('does not count what somebody takes care of', () => {
  const taken = open('late sales', { acknowledged: { by: 'Ada', atMs: 1 }, severity: 'critical' });
  expect(unseenAlerts([taken], [])).toEqual({ count: 0, critical: false });
});

it('keeps of each server what was seen, also while a list of it lacks what its registry knows', () => {
  const both = withSeen({ other: ['x'] }, 'erp', [open('a'), open('b')]);
  expect(both).toEqual({ other: ['x'], erp: ['a', 'b'] });
  expect(withSeen(both, 'erp', [open('b')])).toBe(both);
  expect(withSeen(both, 'erp', [open('server unreachable')])).toEqual({
    other: ['x'],
    erp: ['server unreachable', 'a', 'b'],
  });
  const many = Array.from({ length: 600 }, (_, at) => open(`e${at}`));
  expect(withSeen({}, 'erp', many)['erp']).toHaveLength(500);
});
