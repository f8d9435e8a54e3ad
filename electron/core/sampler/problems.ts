import { formatDuration } from '../../../shared/format/duration.ts';
import type { CapabilityName, ServerFacts } from '../../../shared/model/connection.ts';
import type { Logger } from '../ports.ts';
import type { StatisticsReader } from '../postgres/statistics-reader.ts';
import type { Elapsed } from './elapsed.ts';

/** Where a problem of the sampler comes from; each says one thing at a time. */
export type Source =
  'connection' | 'activity' | 'snapshot' | 'texts' | 'extension' | 'rights' | 'clock' | 'source' | 'bug';

/** How long is told of what happened once, in samples. */
const toldFor = 60;

/** What stands in the way of sampling, by source, in words for the screen. */
export class Problems {
  readonly #texts = new Map<Source, string>();
  /** Samples until what happened once is told no more. */
  readonly #toldFor = new Map<Source, number>();
  readonly #onChange: (source: Source, problem: string | null) => void;

  constructor(onChange: (source: Source, problem: string | null) => void) {
    this.#onChange = onChange;
  }

  /** null: it is over. */
  note(source: Source, problem: string | null): void {
    if ((this.#texts.get(source) ?? null) === problem) return;
    if (problem === null) this.#texts.delete(source);
    else this.#texts.set(source, problem);
    this.#onChange(source, problem);
  }

  /** What happened once, and is over as such: told for a while. */
  tell(source: Source, problem: string): void {
    this.#toldFor.set(source, toldFor);
    this.note(source, problem);
  }

  /** One more sample was taken since what is told happened. */
  sampled(): void {
    for (const [source, left] of this.#toldFor) {
      if (left > 1) this.#toldFor.set(source, left - 1);
      else {
        this.#toldFor.delete(source);
        this.note(source, null);
      }
    }
  }

  get text(): string | null {
    return this.#texts.size === 0 ? null : [...this.#texts.values()].join(' ');
  }
}

/** What is missing without pg_stat_statements, and what mends it. */
export function extensionProblem(reader: StatisticsReader, facts: ServerFacts): string | null {
  if (reader.hasSnapshots) return null;
  const missing = lack(facts, 'statement_statistics') ?? 'pg_stat_statements cannot be read.';
  return `Only activity is recorded, no statement statistics: ${missing}`;
}

/** What is missing without pg_read_all_stats, and the GRANT. */
export const rightsProblem = (reader: StatisticsReader, facts: ServerFacts): string | null =>
  reader.seesAll ? null : (lack(facts, 'all_statistics') ?? null);

function lack(facts: ServerFacts, wanted: CapabilityName): string | null {
  const capability = facts.capabilities.find(({ name }) => name === wanted);
  if (capability === undefined || capability.present) return null;
  return capability.action === null ? capability.text : `${capability.text} To mend it: ${capability.action}`;
}

/** Says which clock was set, by how much, and what that does to the history. */
export function clockProblem({ set, byMs }: Elapsed): string {
  const by = formatDuration(Math.abs(byMs));
  const way = byMs < 0 ? 'back' : 'forward';
  switch (set) {
    case 'server':
      return `The server's clock was set ${way} by ${by}. Nothing that was stored is lost; times before and after it do not follow one another, and the interval in between is marked.`;
    case 'here':
      return `The clock of this machine was set ${way} by ${by}. Sampling goes on, in the server's time.`;
    case 'unknown':
    case 'none':
      return `The clocks of the server and of this machine moved apart by ${by}. Sampling goes on, in the server's time.`;
  }
}

/** Says that the counters do not go on from where they were when the connection broke. */
export const sourceProblem = (label: string): string =>
  `The statistics behind ${label} do not go on from those before the connection broke: the server lost them, or another server answers now, such as a standby that took over. They are counted from now on; what ran in between is missing.`;

/** Nobody waits for what the sampler does by itself, so its bugs are told here. */
export function tellBug(
  error: unknown,
  { problems, logger }: { readonly problems: Problems; readonly logger: Logger },
): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error({ error: text }, 'the sampler met a bug');
  problems.note('bug', `An error in Daybreak stopped a reading: ${String(error)}.`);
}
