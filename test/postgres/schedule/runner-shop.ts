import { ScheduleChanges } from '../../../electron/core/read-model/registry/schedule-changes.ts';
import { ScheduleTables } from '../../../electron/core/read-model/registry/schedule-registry.ts';
import { refreshReadModel } from '../../../electron/core/read-model/refresh/refresh.ts';
import type { ServerLoad } from '../../../electron/core/schedule/decide/load.ts';
import type { Clock } from '../../../electron/core/ports.ts';
import { ScheduleRunner } from '../../../electron/core/schedule/schedule-runner.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { silent, systemClock, type Shop } from '../read-model/fixture.ts';

export interface TestRunner {
  readonly runner: ScheduleRunner;
  readonly name: string;
  load: ServerLoad | null;
  /** How often it asked for a closer look. */
  closerLooks: number;
}

/** A runner of its own over a server of the shop, as an engine has it. */
export function runnerOf(
  shop: Shop,
  name: string,
  server: Server | (() => Promise<Server>) = shop.server,
  clock: Partial<Clock> = {},
  /** What heartbeats of its refreshes go by. */
  heartbeats: Clock = systemClock,
): TestRunner {
  const made: Pick<TestRunner, 'load' | 'closerLooks'> = { load: null, closerLooks: 0 };
  const runner = new ScheduleRunner({
    identity: {
      runner: `${name} #1`,
      name,
      profile: name,
      door: 'agent',
      host: 'here',
      pid: process.pid,
      version: '0',
    },
    server: typeof server === 'function' ? server : async () => server,
    refresh: (on, readModel, claim, signal) =>
      refreshReadModel({
        server: on,
        readModel,
        journal: shop.journal,
        clock: heartbeats,
        logger: silent,
        runner: name,
        claim,
        signal,
      }),
    load: () => made.load,
    lookCloser: () => void (made.closerLooks += 1),
    clock: { ...systemClock, ...clock },
    logger: silent,
    onChange: () => undefined,
    tickEveryMs: 50,
  });
  return Object.assign(made, { runner, name });
}

/** What somebody changes, at a door of their own. */
export const changesOf = ({ server, journal }: Shop, actor = journal.actor): ScheduleChanges =>
  new ScheduleChanges(server, { journal: Object.create(journal, { actor: { value: actor } }), clock: systemClock });

export const tablesOf = ({ server }: Shop): ScheduleTables => new ScheduleTables(server);

/** Makes numbers older than they are, and forgets when they are due. */
export const makeOld = (shop: Shop, minutes: number): Promise<unknown> =>
  shop.sql(
    `with aged as (update daybreak.copy set data_as_of = clock_timestamp() - $1 * interval '1 minute' where data_as_of is not null)
    update daybreak.schedule set next_due_at = null, failures = 0, retry_at = null, gave_up = false, stopped_at = null,
      last_started_at = null, held = null`,
    [minutes],
  );

export interface RunRow {
  readonly readModel: string;
  readonly state: string;
  readonly code: string | null;
  readonly epoch: string | null;
  readonly sqlstate: string | null;
}

export const runsOf = (shop: Shop, since = '-infinity'): Promise<RunRow[]> =>
  shop.sql<RunRow>(
    `select read_model as "readModel", state, why ->> 'code' as code, epoch, sqlstate from daybreak.run
    where started_at > $1::timestamptz order by started_at, read_model`,
    [since],
  );
