import type { Plan, PlanDiff, PlanStep } from '../../../../shared/model/read-model.ts';

type StepDiff = PlanDiff['steps'][number];

/** What differs between two plans: of one read model after somebody edited its proposal, or of two of them. Pure. */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const steps = diffSteps(before, after);
  const facts = [
    ...changed('read model', `${before.schema}.${before.readModel}`, `${after.schema}.${after.readModel}`),
    ...changed('kind', before.kind, after.kind),
    ...changed('version', versions(before), versions(after)),
    ...changed('connection', before.serverId, after.serverId),
    ...changed('question', before.proposal?.proposal.question ?? 'none', after.proposal?.proposal.question ?? 'none'),
    ...setChanges('warning', before.warnings, after.warnings),
    ...setChanges('change for readers', before.contractChanges, after.contractChanges),
  ];
  return {
    before: before.planId,
    after: after.planId,
    same: facts.length === 0 && steps.every(({ change }) => change === 'same'),
    facts,
    steps,
  };
}

const versions = ({ fromVersion, toVersion }: Plan): string => `${fromVersion ?? 'none'} to ${toVersion ?? 'none'}`;

const changed = (what: string, before: string, after: string): string[] =>
  before === after ? [] : [`${what}: ${before} became ${after}`];

const setChanges = (what: string, before: readonly string[], after: readonly string[]): string[] => [
  ...before.filter((one) => !after.includes(one)).map((one) => `${what} gone: ${one}`),
  ...after.filter((one) => !before.includes(one)).map((one) => `new ${what}: ${one}`),
];

/** What runs in a step and how it is taken back, as one text. The plan's own id is no difference. */
const textOf = ({ sql, undoSql, lock }: PlanStep, planId: string): string =>
  [`-- lock: ${lock}`, ...sql.map((one) => `${one};`), ...undoSql.map((one) => `-- undo: ${one};`)]
    .join('\n')
    .replaceAll(planId, '<plan>');

/** By the longest common sequence of titles; what is left over of one kind at one place counts as changed. */
function diffSteps(before: Plan, after: Plan): StepDiff[] {
  const [old, young] = [before.steps, after.steps];
  const key = ({ kind, title }: PlanStep) => `${kind} ${title}`;
  // length[i][j]: of the common sequence of old from i and young from j on
  const length = Array.from({ length: old.length + 1 }, () => Array.from({ length: young.length + 1 }, () => 0));
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = young.length - 1; j >= 0; j -= 1) {
      const [one, other, row] = [old[i], young[j], length[i]];
      if (one === undefined || other === undefined || row === undefined) continue;
      row[j] = key(one) === key(other) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const diffs: StepDiff[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    const [one, other] = [old[i], young[j]];
    const [was, is] = [
      one === undefined ? null : textOf(one, before.planId),
      other === undefined ? null : textOf(other, after.planId),
    ];
    if (one !== undefined && other !== undefined && key(one) === key(other)) {
      diffs.push({ change: was === is ? 'same' : 'changed', title: other.title, before: was, after: is });
      [i, j] = [i + 1, j + 1];
    } else if (one !== undefined && other !== undefined && one.kind === other.kind && at(i + 1, j + 1) === at(i, j)) {
      diffs.push({ change: 'changed', title: other.title, before: was, after: is });
      [i, j] = [i + 1, j + 1];
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      diffs.push({ change: 'removed', title: one.title, before: was, after: null });
      i += 1;
    } else if (other !== undefined) {
      diffs.push({ change: 'added', title: other.title, before: null, after: is });
      j += 1;
    }
  }
  return diffs;
}
