import { beforeEach, expect, it } from 'vitest';
import {
  dashboardFound,
  dashboardMissing,
  dismissMissing,
  forgetMissing,
  useMissingDashboard,
} from '../../../renderer/stores/missing-dashboard.ts';

const instead = () => useMissingDashboard.getState().instead;

beforeEach(forgetMissing);

it('says what is shown instead, and goes on when the address becomes that of it', () => {
  dashboardMissing('erp', 'nope', 'morning');
  dashboardFound('erp', 'morning');
  expect(instead()).toEqual({ serverId: 'erp', dashboardId: 'morning' });
});

it('says so of a server without dashboards', () => {
  dashboardMissing('erp', 'nope', null);
  dashboardFound('erp', null);
  expect(instead()).toEqual({ serverId: 'erp', dashboardId: null });
});

it('is over when it is dismissed, when another one is opened, and on another server', () => {
  for (const end of [dismissMissing, () => dashboardFound('erp', 'stock'), () => dashboardFound('other', 'morning')]) {
    dashboardMissing('erp', 'nope', 'morning');
    end();
    expect(instead()).toBeNull();
  }
});

it('says nothing of one that goes while it is looked at', () => {
  dashboardFound('erp', 'stock');
  dashboardMissing('erp', 'stock', 'morning');
  expect(instead()).toBeNull();
});

it('says nothing when another server is chosen, and says it again of a link back', () => {
  dashboardFound('erp', 'stock');
  dashboardMissing('other', 'stock', 'board');
  expect(instead()).toBeNull();
  dashboardFound('other', 'board');
  dashboardMissing('other', 'stock', 'board');
  expect(instead()).toEqual({ serverId: 'other', dashboardId: 'board' });
});
