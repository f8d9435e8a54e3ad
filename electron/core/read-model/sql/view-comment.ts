import { budgetMinutes, type AgedBudget } from '../../../../shared/model/freshness.ts';
import type { Consumer } from '../../../../shared/model/read-model.ts';

/** The model's budget is the smallest of its consumers'; null while nobody has one. */
export function smallestBudget(consumers: readonly Pick<Consumer, 'budget'>[]): AgedBudget | null {
  let smallest: AgedBudget | null = null;
  for (const { budget } of consumers) {
    if (budget === 'live') continue; // no read model is live: `propose` refuses such a consumer
    if (smallest === null || budgetMinutes(budget) < budgetMinutes(smallest)) smallest = budget;
  }
  return smallest;
}

/** What a plain psql user sees with \d+: question, owner, budget. */
export function viewComment(model: {
  readonly name: string;
  readonly question: string;
  readonly owner: string;
  readonly consumers: readonly Pick<Consumer, 'budget'>[];
}): string {
  const age = wantedAge(smallestBudget(model.consumers));
  return `${model.question}\nOwner: ${model.owner}. Wanted ${age}. Read model ${model.name} of Daybreak; as_of says how old it is.`;
}

function wantedAge(budget: AgedBudget | null): string {
  if (budget === null) return 'no freshness budget';
  if ('minutes' in budget) return `at most ${budget.minutes} minutes old`;
  return `anew every night at ${budget.nightly.at} ${budget.nightly.timeZone}`;
}
