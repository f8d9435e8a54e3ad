import type { Plan, ReadModel } from '../../../shared/model/read-model.ts';
import { planResume, planSuspend, refreshInOrder } from '../../stores/lifecycle.ts';

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly run: () => void;
}

/** `force`: what the engine refuses without being asked for it. */
export type MakePlan = (force: boolean) => Promise<Plan>;

/** What can be done around the ERP's own upgrade, and with what a read model is built on. */
export function lifecycleActions(
  serverId: string,
  model: ReadModel,
  toPlan: (make: MakePlan) => Promise<void>,
  attempt: (work: () => Promise<void>) => Promise<void>,
): readonly Action[] {
  const { name } = model;
  return [
    ...(model.parents.length === 0 || model.suspended !== null
      ? []
      : [
          {
            id: 'refresh-in-order',
            title: `Refresh it after ${model.parents.join(', ')}`,
            run: () => void attempt(() => refreshInOrder(serverId, [name])),
          },
        ]),
    model.suspended === null
      ? {
          id: 'suspend',
          title: 'Plan to suspend it for an upgrade',
          run: () => void toPlan(() => planSuspend(serverId, name)),
        }
      : {
          id: 'resume',
          title: 'Plan to resume it',
          run: () => void toPlan((force) => planResume(serverId, name, force ? 'replace' : undefined)),
        },
  ];
}
