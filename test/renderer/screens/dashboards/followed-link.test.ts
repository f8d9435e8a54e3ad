import { expect, test } from 'vitest';
import { parseRoute } from '../../../../renderer/app/route.ts';
import { addressed, missingText, paramsFor } from '../../../../renderer/screens/dashboards/followed-link.ts';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';

const dashboard = (dashboardId: string): Dashboard => ({
  dashboardId,
  serverId: 'erp',
  title: dashboardId,
  widgets: [],
});
const [morning, stock] = [dashboard('morning'), dashboard('stock')];

test.each([
  ['#/dashboards', morning, false],
  ['#/dashboards/morning', morning, false],
  ['#/dashboards/stock?f.region=North', stock, false],
  ['#/dashboards/stock/edit/sales', stock, false],
  ['#/dashboards/nope', morning, true],
  ['#/dashboards/nope?f.region=North', morning, true],
  ['#/dashboards/nope/arrange', morning, true],
])('%s', (hash, shown, missing) => {
  expect(addressed([morning, stock], parseRoute(hash))).toEqual({ shown, missing });
});

test('a server without dashboards has none of a link either', () => {
  expect(addressed([], parseRoute('#/dashboards'))).toEqual({ shown: null, missing: false });
  expect(addressed([], parseRoute('#/dashboards/nope'))).toEqual({ shown: null, missing: true });
});

test('filters are those of the dashboard that the address names', () => {
  const region = (hash: string) => paramsFor('morning', parseRoute(hash)).get('f.region');
  expect(region('#/dashboards?f.region=North')).toBe('North');
  expect(region('#/dashboards/morning?f.region=North')).toBe('North');
  expect(region('#/dashboards/nope?f.region=North')).toBeNull();
});

test('says what is shown instead, where there is something', () => {
  const gone = 'The dashboard of this link is gone, or belongs to another connection.';
  expect(missingText('Executive morning')).toBe(`${gone} This is “Executive morning”.`);
  expect(missingText(null)).toBe(gone);
});
