import { Cron } from 'croner';
import { isoMoment } from '../../../../shared/format/civil-day.ts';
import { Failure } from '../../../../shared/model/failure.ts';

/**
 * Cron times on the wall clock of a zone. A fixed time that the clocks skip is due right after the skip, one that they show
 * twice once, at its first; what repeats (every 15 minutes) goes on through the repeated hour and leaves out the skipped.
 * A list or a range of times counts as fixed times too: '30 2,14 * * *' is due twice on a day that has no 2:30.
 */
export interface CronTimes {
  readonly expression: string;
  readonly timeZone: string;
}

const made = new Map<string, Cron>();
const found = new Map<string, number | null>();
/** Some hundred bytes each. A tick asks the same of a model until its next run. */
const rememberedAtMost = 8_192;

function cronOf({ expression, timeZone }: CronTimes): Cron {
  const key = `${timeZone} ${expression}`;
  let cron = made.get(key);
  if (cron === undefined) {
    // Without a function to call it schedules nothing, and given a moment to start from it reads no clock.
    cron = new Cron(expression, { timezone: timeZone, fixedTimeRule: 'no-wildcard', mode: '5-or-6-parts' });
    made.set(key, cron);
  }
  return cron;
}

/** The first time after a moment, ms; null: there is none any more, as for 30 February. Throws Failure `invalid_input`. */
export function nextCronMs(times: CronTimes, afterMs: number): number | null {
  const key = `${times.timeZone} ${times.expression} ${afterMs}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const cron = refused(times, () => cronOf(times));
  const next = cron.nextRun(isoMoment(afterMs))?.getTime() ?? null;
  if (found.size >= rememberedAtMost) found.clear();
  found.set(key, next);
  return next;
}

/** The next times after a moment, for a preview; fewer where there are no more. Throws Failure `invalid_input`. */
export function nextCronTimes(times: CronTimes, afterMs: number, count = 10): readonly number[] {
  const next: number[] = [];
  let fromMs = afterMs;
  while (next.length < count) {
    const atMs = nextCronMs(times, fromMs);
    if (atMs === null) break;
    next.push(atMs);
    fromMs = atMs;
  }
  return next;
}

/** What is wrong with an expression, in a sentence; null: nothing. */
export function cronProblem(times: CronTimes): string | null {
  try {
    cronOf(times);
    return null;
  } catch (error) {
    return `'${times.expression}' in ${times.timeZone} is no schedule: ${reasonOf(error)}`;
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);

function refused<T>(times: CronTimes, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Failure(
      { code: 'invalid_input', message: cronProblem(times) ?? reasonOf(error), action: '30 6 * * 1-5' },
      { cause: error },
    );
  }
}
