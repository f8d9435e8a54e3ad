import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../../../electron/core/diagnosis/random.ts';
import { Fleet, type Member } from './fleet.ts';
import { openRaceShop, type RaceShop } from './shop.ts';

export interface RaceOptions {
  readonly models: number;
  readonly seconds: number;
  readonly seed: number;
  /** How often each model is due, s. */
  readonly everySeconds: number;
  /** Mean time between two kills, s. */
  readonly killEverySeconds: number;
  readonly kinds?: readonly Member['kind'][];
  readonly url?: string;
  /** For a test: half a minute of silence passes in ten seconds, by setting heartbeats back. */
  readonly hurried?: boolean;
  readonly say?: (line: string) => void;
}

export interface RaceResult {
  readonly runs: Readonly<Record<string, number>>;
  readonly byRunner: Readonly<Record<string, number>>;
  readonly kills: number;
  /** Pairs of done runs of one model that were at work at the same time. */
  readonly overlapping: number;
  /** Due times that two done runs answered. */
  readonly answeredTwice: number;
  /** Commits that showed rows, less the done runs: nobody wrote without the registry knowing, or the other way round. */
  readonly unrecordedCommits: number;
  /** Runs or leases that say that somebody works, after everybody has ended. */
  readonly stuck: number;
  /** Leases of killed processes, and how long after its last sign of life the last of them was free again, ms. */
  readonly staleLeases: number;
  readonly worstTakeOverMs: number;
  /** Models that were never refreshed. */
  readonly neverRefreshed: number;
  /** Processes that did not end within a minute of SIGTERM. */
  readonly lateStops: readonly string[];
}

/** Runs the race on a server, and reads from its registry and its witness what became of it. */
export async function race(options: RaceOptions): Promise<RaceResult> {
  const { models, seconds, seed, everySeconds, killEverySeconds, say = () => undefined } = options;
  const kinds = options.kinds ?? ['agent', 'agent', 'desktop'];
  const shop = await openRaceShop({ models, everySeconds, atOnce: 4, ...(options.url ? { url: options.url } : {}) });
  const fleet = await Fleet.open(shop.url, shop.password, kinds);
  try {
    say(`${models} read models are built; ${kinds.join(', ')} start (logs in ${fleet.logDir})`);
    for (const member of fleet.members) fleet.start(member);
    await firstRuns(shop);
    const watch = watchLeases(shop, options.hurried ?? false);
    const kills = await killAtRandom(shop, fleet, { seconds, seed, killEverySeconds, say });
    // Everybody is back: what the last kill left has to be taken over, too.
    for (const member of fleet.members) if (member.process === null) fleet.start(member);
    await leasesMoveOn(shop);
    const leases = await watch.stop();
    const lateStops = await fleet.stop();
    const result = { ...(await judge(shop)), kills, lateStops, ...leases };
    await fleet.remove();
    return result;
  } finally {
    for (const member of fleet.members) member.process?.kill('SIGKILL');
    await shop.stop();
  }
}

async function firstRuns({ admin }: RaceShop): Promise<void> {
  for (let waited = 0; waited < 60; waited += 1) {
    const { rows } = await admin.query(`select 1 from daybreak.run where state = 'done' limit 1`);
    if (rows.length > 0) return;
    await sleep(1_000);
  }
  throw new Error('nobody refreshed anything within a minute');
}

/** Kills, and lets everybody pause in the middle of a refresh now and then, so that kills hit work. */
async function killAtRandom(
  shop: RaceShop,
  fleet: Fleet,
  {
    seconds,
    seed,
    killEverySeconds,
    say,
  }: Required<Pick<RaceOptions, 'seconds' | 'seed' | 'killEverySeconds' | 'say'>>,
): Promise<number> {
  const random = generator(seed);
  const endMs = performance.now() + seconds * 1_000;
  let kills = 0;
  while (performance.now() < endMs) {
    await sleep(killEverySeconds * 1_000 * (0.5 + random()));
    const stalled = shop.stall(1_500);
    await sleep(300 + 900 * random());
    const alive = fleet.members.filter(({ process }) => process !== null);
    const member = alive[Math.floor(random() * alive.length)];
    if (member !== undefined) {
      const { rows } = await shop.admin.query<{ n: number }>(
        `select count(*)::int as n from daybreak.lease where run_id is not null`,
      );
      fleet.kill(member);
      kills += 1;
      say(`killed ${member.name} while ${rows[0]?.n ?? 0} refreshes ran`);
      const back = 500 + 4_000 * random();
      void sleep(back).then(() => {
        if (member.process === null && performance.now() < endMs) fleet.start(member);
      });
    }
    await stalled;
  }
  return kills;
}

/** Every lease that somebody has now is given back, or taken over, within the patience of a stale one. */
async function leasesMoveOn({ admin }: RaceShop): Promise<void> {
  const held = async () =>
    (await admin.query<{ run_id: string }>('select run_id from daybreak.lease where run_id is not null')).rows;
  const before = new Set((await held()).map(({ run_id }) => run_id));
  for (let waited = 0; waited < 120; waited += 1) {
    const now = await held();
    if (!now.some(({ run_id }) => before.has(run_id))) return;
    await sleep(500);
  }
}

interface Watched {
  heartbeatMs: number;
  silentMs: number;
}

/** Looks twice a second at who holds what, and since when it gave no sign of life. */
function watchLeases({ admin }: RaceShop, hurried: boolean) {
  const held = new Map<string, Watched>();
  const freed: number[] = [];
  let on = true;
  const done = (async () => {
    while (on) {
      if (hurried) {
        await admin.query(`update daybreak.heartbeat set heartbeat_at = heartbeat_at - interval '22 s'
          where clock_timestamp() - heartbeat_at between interval '8 s' and interval '20 s'`);
      }
      const { rows } = await admin.query<{ run_id: string; heartbeat_ms: number; silent_ms: number }>(
        `select run_id, (extract(epoch from heartbeat_at) * 1000)::float8 as heartbeat_ms,
          (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as silent_ms
        from daybreak.lease l join daybreak.heartbeat h using (read_model, run_id)`,
      );
      const now = new Set(rows.map(({ run_id }) => run_id));
      for (const { run_id, heartbeat_ms, silent_ms } of rows) {
        held.set(run_id, { heartbeatMs: heartbeat_ms, silentMs: silent_ms });
      }
      for (const [runId, { silentMs }] of held) {
        if (now.has(runId)) continue;
        freed.push(silentMs);
        held.delete(runId);
      }
      await sleep(500);
    }
  })();
  return {
    async stop(): Promise<{ staleLeases: number; worstTakeOverMs: number }> {
      on = false;
      await done;
      // Who lives beats every five seconds; what was silent for longer belonged to somebody who was killed.
      const stale = freed.filter((silentMs) => silentMs > 8_000);
      return { staleLeases: stale.length, worstTakeOverMs: Math.round(Math.max(0, ...stale)) };
    },
  };
}

type Judged = Omit<RaceResult, 'kills' | 'lateStops' | 'staleLeases' | 'worstTakeOverMs'>;

async function judge({ admin }: RaceShop): Promise<Judged> {
  const count = async (sql: string): Promise<number> =>
    Number((await admin.query<{ n: string }>(sql)).rows[0]?.n ?? Number.NaN);
  const by = async (column: string): Promise<Record<string, number>> => {
    const { rows } = await admin.query<{ key: string; n: string }>(
      `select ${column} as key, count(*) as n from daybreak.run group by 1 order by 1`,
    );
    return Object.fromEntries(rows.map(({ key, n }) => [key, Number(n)]));
  };
  return {
    runs: await by('state'),
    byRunner: await by(`regexp_replace(runner, '.*\\((.*)\\).*', '\\1')`),
    overlapping: await count(
      `select count(*) as n from daybreak.run a join daybreak.run b on b.read_model = a.read_model and b.run_id > a.run_id
        and b.started_at < a.ended_at and a.started_at < b.ended_at where a.state = 'done' and b.state = 'done'`,
    ),
    answeredTwice: await count(
      `select count(*) as n from (select 1 from daybreak.run where state = 'done' and due_at is not null
        group by read_model, due_at having count(*) > 1) d`,
    ),
    unrecordedCommits: await count(
      `select (select count(*) from witness.shown) - (select count(*) from daybreak.run where state = 'done') as n`,
    ),
    stuck: await count(
      `select (select count(*) from daybreak.run where state = 'running') +
        (select count(*) from daybreak.run where state = 'queued' and mode is null and epoch is not null) +
        (select count(*) from daybreak.lease where run_id is not null) as n`,
    ),
    neverRefreshed: await count(
      `select count(*) as n from daybreak.read_model m where not exists (
        select from daybreak.run r where r.read_model = m.name and r.state = 'done')`,
    ),
  };
}
