import type { AgedBudget } from '../../../../shared/model/freshness.ts';
import { budgetKey } from './budgets.ts';
import { usualMs } from './pace.ts';
import type { ModelState } from './tick-state.ts';

/** A budget that a model has to keep: its own, or one of a model that is built on it. */
export interface Need {
  readonly budget: AgedBudget;
  /** Who needs it: a consumer, or a read model that is built on this one. */
  readonly whose: string;
  /** What is left to do after this model's refresh until the one that needs it sees the rows, ms. */
  readonly afterwardsMs: number;
}

/** What a tick looks up again and again. */
export interface Models {
  readonly byName: ReadonlyMap<string, ModelState>;
  /** p95 of its durations; null: never measured. */
  readonly usual: (readModel: string) => number | null;
  /** Budgets that it has to keep, its own first. */
  readonly needs: (readModel: string) => readonly Need[];
  /** Models that its definition reads, of those that the registry knows. */
  readonly parents: (model: ModelState) => readonly ModelState[];
}

/**
 * A model that others are built on has to keep their budgets, too: their rows are as old as its own, and their refreshes
 * come after its. A model that nobody refreshes needs nothing.
 */
export function indexModels(models: readonly ModelState[]): Models {
  const byName = new Map(models.map((model) => [model.readModel, model]));
  const usual = new Map(models.map((model) => [model.readModel, usualMs(model.durationsMs)]));
  const children = new Map<string, ModelState[]>();
  for (const model of models) {
    for (const parent of model.reads) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [model]);
      else known.push(model);
    }
  }
  const needs = new Map<string, readonly Need[]>();
  const needsOf = (name: string): readonly Need[] => {
    const known = needs.get(name);
    if (known !== undefined) return known;
    needs.set(name, []); // definitions cannot read in a circle; a registry that says so shall not hang a tick
    const found: Need[] = [];
    for (const { budget, consumer } of byName.get(name)?.budgets ?? []) {
      found.push({ budget, whose: consumer, afterwardsMs: 0 });
    }
    for (const child of children.get(name) ?? []) {
      if (child.suspended || child.paused !== null || child.stopped !== null) continue;
      const afterwardsMs = usual.get(child.readModel) ?? 0;
      for (const need of needsOf(child.readModel)) {
        found.push({ budget: need.budget, whose: child.readModel, afterwardsMs: need.afterwardsMs + afterwardsMs });
      }
    }
    const kept = tightest(found);
    needs.set(name, kept);
    return kept;
  };
  return {
    byName,
    usual: (name) => usual.get(name) ?? null,
    needs: needsOf,
    parents: (model) => model.reads.flatMap((name) => byName.get(name) ?? []),
  };
}

/** Of needs in minutes, and of those of each night, the one that leaves least time. */
function tightest(needs: readonly Need[]): readonly Need[] {
  if (needs.length < 2) return needs;
  const kept = new Map<string, Need>();
  for (const need of needs) {
    const key = budgetKey(need.budget);
    const known = kept.get(key);
    if (known === undefined || leftMs(need) < leftMs(known)) kept.set(key, need);
  }
  return [...kept.values()];
}

const leftMs = ({ budget, afterwardsMs }: Need): number =>
  ('minutes' in budget ? budget.minutes * 60_000 : 0) - afterwardsMs;
