import { formatDuration } from '../../../shared/format/duration.ts';
import type { CapabilityName, ServerFacts } from '../../../shared/model/connection.ts';
import type { StatisticsReader } from '../postgres/statistics-reader.ts';
import type { Elapsed } from './elapsed.ts';

/** Where a problem of the sampler comes from; each says one thing at a time. */
export type Source = 'connection' | 'activity' | 'snapshot' | 'texts' | 'extension' | 'rights' | 'clock' | 'bug';

/** What stands in the way of sampling, by source, in words for the screen. */
export class Problems {
  readonly #texts = new Map<Source, string>();
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
