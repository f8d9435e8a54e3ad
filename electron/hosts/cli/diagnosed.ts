import type { Verdict } from '../../../shared/model/diagnosis.ts';
import type { Capability, ServerSummary } from '../../../shared/model/connection.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';
import type { BlockingTree, SeenTransaction } from '../../../shared/model/transactions.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import type { ChosenBy, TimeWindow } from './incident-window.ts';
import { value } from './known-server.ts';

/** What `daybreak diagnose` prints, and with --json the whole document. */
export interface Diagnosed {
  readonly server: {
    readonly label: string;
    /** The history came in a file: there is nobody at this address. */
    readonly capture: boolean;
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly roleName: string | null;
    readonly version: string | null;
  };
  /** Server clock, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Who said that the incident lies there. */
  readonly chosenBy: ChosenBy;
  readonly verdict: Verdict;
  /** The longest first. */
  readonly transactions: readonly SeenTransaction[];
  /** The most waited for first. */
  readonly blocking: readonly BlockingTree[];
  /** Abilities that the server or the role lacks, with the statement that mends each. */
  readonly missing: readonly Capability[];
  readonly freshness: Freshness;
  /** Only where it was sampled just now. */
  readonly sampling: Sampling | null;
}

export interface Sampling {
  readonly samples: number;
  readonly seconds: number;
  /** Server time of the sampler's own statements, percent of one core. */
  readonly ownCostPercent: number | null;
  /** What stood in the way of sampling at its end: a server that went away, no pg_stat_statements. */
  readonly problem: string | null;
  /** Ended by Ctrl-C. */
  readonly endedEarly: boolean;
}

/** What sampling has to do without; the others are about read models. */
const telling: readonly Capability['name'][] = ['statement_statistics', 'all_statistics', 'session_state'];

export async function diagnosed(
  client: EngineClient,
  server: ServerSummary,
  { window, chosenBy }: { readonly window: TimeWindow; readonly chosenBy: ChosenBy },
  reportedSaveSeconds: number | undefined,
  sampling: Sampling | null,
): Promise<Diagnosed> {
  const asked = { serverId: server.serverId, ...window };
  const reported = reportedSaveSeconds === undefined ? {} : { reportedSaveSeconds };
  const { verdict, freshness } = value(await client.mornings.diagnose({ ...asked, ...reported }));
  const { transactions } = value(await client.mornings.transactions(asked));
  const { trees } = value(await client.mornings.blocking(asked));
  const { settings, facts } = server;
  return {
    server: {
      label: settings.label,
      capture: server.capture !== null,
      host: settings.host,
      port: settings.port,
      database: settings.database,
      roleName: facts?.roleName ?? null,
      version: facts?.versionText ?? null,
    },
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    chosenBy,
    verdict,
    transactions,
    blocking: trees,
    missing: facts?.capabilities.filter(({ name, present }) => !present && telling.includes(name)) ?? [],
    freshness,
    sampling,
  };
}
