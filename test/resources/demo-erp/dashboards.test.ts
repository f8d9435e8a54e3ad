import { expect, test } from 'vitest';
import { demoDashboards } from '../../../resources/demo-erp/dashboards.ts';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import { dashboardSchema, widgetKindSchema } from '../../../shared/model/dashboard.ts';
import { readModelNameSchema } from '../../../shared/model/read-model.ts';
import { draftProblem } from '../../../shared/model/widget-problem.ts';

const dashboards = demoDashboards('demo');

test('the demo ships seven executive widgets with a read model each, and three operational ones that stay live', () => {
  const executive = demoWidgets.filter(({ kind }) => kind === 'executive');
  const operational = demoWidgets.filter(({ kind }) => kind === 'operational');
  expect(executive).toHaveLength(7);
  expect(operational).toHaveLength(3);
  for (const { budget, readModel } of executive) {
    expect(budget).not.toBe('live');
    expect(() => readModelNameSchema.parse(readModel?.name)).not.toThrow();
  }
  for (const { budget, readModel } of operational) expect([budget, readModel]).toEqual(['live', null]);
});

test.each(dashboards)('$title is a valid dashboard without overlaps on twelve columns', (dashboard) => {
  expect(dashboardSchema.parse(dashboard)).toEqual(dashboard);
  const taken = new Set<string>();
  for (const { layout, widgetId } of dashboard.widgets) {
    expect(layout.x + layout.w, widgetId).toBeLessThanOrEqual(12);
    for (let x = layout.x; x < layout.x + layout.w; x += 1) {
      for (let y = layout.y; y < layout.y + layout.h; y += 1) {
        expect(taken, `${widgetId} at ${x},${y}`).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test('between them the two dashboards show every kind of widget', () => {
  const kinds = new Set(dashboards.flatMap(({ widgets }) => widgets.map(({ kind }) => kind)));
  expect([...kinds].toSorted()).toEqual(widgetKindSchema.options.toSorted());
});

test.each(dashboards.flatMap(({ widgets }) => widgets))('$title could be saved as it ships', (widget) => {
  expect(draftProblem(widget)).toBeNull();
});
