import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { Clock } from '../ports.ts';
import { Backend } from './backend.ts';
import { requireSupported, type Findings } from './capabilities.ts';
import { readMachineCores } from './machine-cores.ts';
import { readExtensionState } from './queries/extension.ts';
import { readIdentity, readRights, readServerClock } from './queries/server-facts.ts';
import type { Sql } from './session.ts';

/** A backend as it comes from the server: no setting is touched, because a pooler may share it with others. */
export function bareSql(client: pg.Client | pg.PoolClient, label: string): Sql {
  return new Backend(client, {
    label,
    backendPid: 0,
    single: true,
    prepared: false,
    perStatement: null,
    signal: undefined,
    cancel: async () => undefined,
    onError: () => undefined,
  });
}

/** Reads all that a connection has to know about its server. `openSecond` gives another connection, for a look at poolers. */
export async function readFindings(
  client: pg.Client | pg.PoolClient,
  { label, host }: Pick<ConnectionSettings, 'label' | 'host'>,
  clock: Clock,
  openSecond: () => Promise<pg.Client>,
): Promise<Findings> {
  const sql = bareSql(client, label);
  const findings = await readChangeable(sql, clock);
  return {
    ...findings,
    machineCores: await readMachineCores(sql, host),
    sessionState: await keepsSessionState(client, sql, openSecond),
  };
}

/** What may be another thing in the next minute, on any session. */
export async function readChangeable(sql: Sql, clock: Clock): Promise<Omit<Findings, 'sessionState' | 'machineCores'>> {
  const identity = await readIdentity(sql);
  requireSupported(identity);
  return {
    identity,
    extension: await readExtensionState(sql),
    rights: await readRights(sql),
    clockSkewMs: await clockSkew(sql, clock),
  };
}

/** Server's clock minus ours, from the quickest of three questions: the answer lies half a round trip back. */
async function clockSkew(sql: Sql, clock: Clock): Promise<number> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, skewMs: 0 };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const askedMs = clock.nowMs();
    const serverMs = await readServerClock(sql);
    const answeredMs = clock.nowMs();
    const roundTripMs = answeredMs - askedMs;
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, skewMs: serverMs - (askedMs + answeredMs) / 2 };
  }
  return Math.round(best.skewMs);
}

/**
 * Whether the next statement finds what this one has set. A pooler answers the login itself, with a process number of
 * its own; in transaction mode it then lends our backend to the next who asks, which is what the second connection
 * does: it takes a backend and holds it in a transaction, and the setting is gone, or the backend is another one.
 */
async function keepsSessionState(
  client: pg.Client | pg.PoolClient,
  sql: Sql,
  openSecond: () => Promise<pg.Client>,
): Promise<boolean> {
  const mark = randomUUID();
  const [set] = await sql.query<{ pid: number }>(
    `select pg_backend_pid() as pid, set_config('daybreak.mark', $1, false)`,
    [mark],
  );
  const holds = async () => {
    const [now] = await sql.query<{ pid: number; mark: string | null }>(
      `select pg_backend_pid() as pid, current_setting('daybreak.mark', true) as mark`,
    );
    return now?.pid === set?.pid && now?.mark === mark;
  };
  if (startupPid(client) === set?.pid) return holds();
  const second = await openSecond();
  try {
    await second.query('begin read only');
    const taken = await second.query<{ pid: number }>('select pg_backend_pid() as pid');
    const kept = taken.rows[0]?.pid !== set?.pid && (await holds());
    await second.query('rollback');
    return kept;
  } finally {
    await second.end();
  }
}

/** The process number that came with the login; pg keeps it, its type declarations do not tell. */
export function startupPid(client: pg.Client | pg.PoolClient): number | null {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : null;
}
