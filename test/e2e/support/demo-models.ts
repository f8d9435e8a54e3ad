import { expect } from '@playwright/test';
import type { DemoStatus } from '../../../shared/model/demo.ts';
import type { CheckedProposal, Execution, Plan } from '../../../shared/model/read-model.ts';
import { call } from './doors.ts';

const demo = { serverId: 'demo' };

/** Opens the demo ERP through the command line; resolves when it is open. */
export async function openDemoErp(profile: string, scale: number): Promise<void> {
  await call(profile, 'demo.open', { scale });
  await expect
    .poll(async () => (await call<DemoStatus>(profile, 'demo.status')).state, { timeout: 120_000, intervals: [1000] })
    .toBe('open');
}

/** Builds the read model that ships with a widget of the demo; the widget has moved to it afterwards. */
export async function buildReadModel(profile: string, widgetId: string): Promise<void> {
  const from = { kind: 'widget', widgetId };
  const proposal = await call<CheckedProposal>(profile, 'readModels.propose', { ...demo, from });
  await call(profile, 'readModels.prove', { ...demo, proposal });
  const { planId, planHash, readModel } = await call<Plan>(profile, 'readModels.plan', { ...demo, proposal });
  const begun = await call<Execution>(profile, 'readModels.apply', { ...demo, planId, planHash, confirm: readModel });
  const state = async () =>
    (await call<{ execution: Execution | null }>(profile, 'readModels.getPlan', { ...demo, planId })).execution?.state;
  expect(begun.planId).toBe(planId);
  await expect.poll(state, { timeout: 60_000 }).toBe('done');
}
