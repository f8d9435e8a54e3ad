import type { Schedule } from '../../../../shared/model/schedule.ts';
import { cronProblem, nextCronMs } from './cron.ts';

/** What is known of the other models of a server. */
export interface Scheduled {
  readonly readModel: string;
  readonly schedule: Schedule;
  /** Read models that its definition reads. */
  readonly reads: readonly string[];
}

/**
 * Why a schedule cannot be: what is wrong, and what to do; null: it can. `others` are all models of the server, with or
 * without this one. A circle of models that follow each other would never rest.
 */
export function scheduleProblem(
  readModel: string,
  schedule: Schedule,
  others: readonly Scheduled[],
  nowMs: number,
): string | null {
  if (schedule.kind === 'cron') {
    const problem = cronProblem(schedule);
    if (problem !== null) return `${problem}. Five fields: minute, hour, day, month, weekday, as in '30 6 * * 1-5'.`;
    if (nextCronMs(schedule, nowMs) === null) return `'${schedule.expression}' has no time that is still to come.`;
    return null;
  }
  if (schedule.kind !== 'after') return null;
  const known = new Map(others.map((other) => [other.readModel, other]));
  const unknown = schedule.parents.find((parent) => !known.has(parent));
  if (unknown !== undefined) return `There is no read model ${unknown} that ${readModel} could follow.`;
  const circle = pathBack(readModel, schedule.parents, known);
  return circle === null ? null : `${circle.join(' follows ')}: take one of them out of this circle.`;
}

/** The way from a model over what it follows, or is built on, back to itself. */
function pathBack(
  readModel: string,
  parents: readonly string[],
  known: ReadonlyMap<string, Scheduled>,
): readonly string[] | null {
  const seen = new Set<string>();
  const open = parents.map((parent) => [readModel, parent]);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const last = path.at(-1) ?? readModel;
    if (last === readModel) return path;
    if (seen.has(last)) continue;
    seen.add(last);
    const model = known.get(last);
    if (model === undefined) continue;
    const before = [...model.reads, ...(model.schedule.kind === 'after' ? model.schedule.parents : [])];
    for (const next of before) open.push([...path, next]);
  }
  return null;
}
