import { isFailure, type FailureCode } from '../../../../shared/model/failure.ts';
import type { AlertLedger, AttemptResult, LedgerState, StoredDelivery, StoredEpisode } from '../../alerts/ledger.ts';
import type { RegistrySession, Server, Sql } from '../../postgres/session.ts';
import { installedMigrations } from './migrations.ts';
import { alerts } from './migrations/0050-alerts.ts';

/** Nobody waits for an alert behind a lock of the registry. */
const limits = { applicationName: 'daybreak alerts', statementTimeoutMs: 10_000, lockTimeoutMs: 2_000 } as const;

/** A moment of ours, ms, as the server's timestamptz; `$n` is the value. */
const at = (n: number): string => `to_timestamp($${n}::float8 / 1000)`;
const rankOf = (row: string): string => `array_position(array['info', 'warning', 'critical'], ${row}.severity)`;
const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

export type LedgerFound =
  /** `nowMs`: the server's clock, as it was found. */
  | { readonly ledger: AlertLedger; readonly why: null; readonly older: false; readonly nowMs: number }
  /** Why in a sentence for people. `older`: bringing the registry up to date would do. */
  | { readonly ledger: null; readonly why: string; readonly older: boolean; readonly nowMs: null };

type Found =
  | { readonly is: 'here'; readonly nowMs: number }
  | { readonly is: 'nowhere' | 'older' | 'no rights' }
  | { readonly is: 'not understood'; readonly why: string };

/** The ledger in the registry of a server. Times are on the server's clock. */
export async function findRegistryLedger(server: Server): Promise<LedgerFound> {
  if (server.settings.readOnly === true) {
    return none(
      'This connection is read-only: what is told stands in this profile alone, and another engine that watches the server tells it again.',
    );
  }
  if (server.facts.inRecovery) {
    return none('This is a replica: what is told stands in this profile alone. Watch the primary to share it.');
  }
  const found = await server.withReadonly(lookFor, limits);
  switch (found.is) {
    case 'here':
      return { ledger: registryLedger(server), why: null, older: false, nowMs: found.nowMs };
    case 'nowhere':
      return none('There is no registry here yet: what is told stands in this profile alone.');
    case 'older':
      return none(
        'The registry was installed by an older Daybreak and cannot keep alerts: what is told stands in this profile alone, and another engine that watches the server tells it again. Bring it up to date.',
        true,
      );
    case 'no rights':
      return none(
        `Role ${server.facts.roleName} may not write the registry: what is told stands in this profile alone, and another engine that watches the server tells it again.`,
      );
    case 'not understood':
      return none(`Nothing is watched here. ${found.why} Messages that wait in this profile go out all the same.`);
  }
}

async function lookFor(sql: Sql): Promise<Found> {
  try {
    const installed = await installedMigrations(sql);
    if (installed === null) return { is: 'nowhere' };
    if (!installed.includes(alerts.migration)) return { is: 'older' };
  } catch (error) {
    if (!isFailure(error) || !notUnderstood.includes(error.value.code)) throw error;
    return { is: 'not understood', why: error.value.message };
  }
  const [row] = await sql.query<{ writes: boolean; nowMs: number }>(
    `select bool_and(has_table_privilege(t, 'select') and has_table_privilege(t, 'insert')
        and has_table_privilege(t, 'update') and has_table_privilege(t, 'delete')) as writes,
      ${ms('clock_timestamp()')} as "nowMs"
    from unnest(array['daybreak.alert_episode', 'daybreak.alert_delivery']) t`,
  );
  return row?.writes === true ? { is: 'here', nowMs: row.nowMs } : { is: 'no rights' };
}

/** A newer registry, and one that this role may not read: that does not pass by itself. */
const notUnderstood: readonly FailureCode[] = ['capability_missing', 'permission_denied'];

const none = (why: string, older = false): LedgerFound => ({ ledger: null, why, older, nowMs: null });

export function registryLedger(server: Server): AlertLedger {
  const write = <T>(work: (session: RegistrySession) => Promise<T>): Promise<T> => server.withRegistry(work, limits);
  return {
    read: (recoveredSinceMs) =>
      server.withReadonly((session) => session.snapshot((sql) => readLedger(sql, recoveredSinceMs)), limits),
    open: (episodes) =>
      write(async (sql) => {
        const rows = await sql.query<{ episodeId: string }>(
          // Taken in one order by everybody, so that two engines which open the same ones cannot wait for each other.
          `insert into daybreak.alert_episode (episode_id, kind, subject, severity, owner, text, opened_at, seen_at)
          select e ->> 'episodeId', e ->> 'kind', e ->> 'subject', e ->> 'severity', e ->> 'owner', e ->> 'text',
            to_timestamp((e ->> 'openedAtMs')::float8 / 1000), to_timestamp((e ->> 'openedAtMs')::float8 / 1000)
          from jsonb_array_elements($1::jsonb) e order by e ->> 'kind', e ->> 'subject'
          on conflict do nothing returning episode_id as "episodeId"`,
          [JSON.stringify(episodes)],
        );
        return rows.map(({ episodeId }) => episodeId);
      }),
    raise: (episodes, atMs) =>
      write(async (sql) => {
        const rows = await sql.query<{ episodeId: string }>(
          `with worse as (
            select w ->> 'episodeId' as episode_id, w ->> 'severity' as severity, w ->> 'text' as text
            from jsonb_array_elements($1::jsonb) w),
          locked as (select e.episode_id from daybreak.alert_episode e join worse w using (episode_id)
            where e.recovered_at is null and ${rankOf('e')} < ${rankOf('w')} order by e.episode_id for update of e),
          raised as (update daybreak.alert_episode e set severity = w.severity, text = w.text, snoozed_until = null,
              seen_at = greatest(e.seen_at, ${at(2)})
            from worse w join locked using (episode_id) where e.episode_id = w.episode_id
            returning e.episode_id, e.severity),
          owed as (insert into daybreak.alert_delivery (delivery_id, episode_id, event, channel_kind, destination_key,
              destination, planned_at, next_attempt_at)
            select d.episode_id || '/raised-' || raised.severity || '/' || d.destination_key, d.episode_id, 'reminder',
              d.channel_kind, d.destination_key, d.destination, ${at(2)}, ${at(2)}
            from daybreak.alert_delivery d join raised using (episode_id)
            where d.event = 'opened' and d.state in ('sending', 'sent') on conflict do nothing)
          select episode_id as "episodeId" from raised`,
          [JSON.stringify(episodes), atMs],
        );
        return rows.map(({ episodeId }) => episodeId);
      }),
    seen: (episodeIds, atMs) =>
      write(async (sql) => {
        await sql.query(
          `with locked as (select episode_id from daybreak.alert_episode
            where episode_id = any ($1::text[]) and seen_at < ${at(2)} order by episode_id for update skip locked)
          update daybreak.alert_episode e set seen_at = ${at(2)} from locked where e.episode_id = locked.episode_id`,
          [episodeIds, atMs],
        );
      }),
    close: (episodes) =>
      write(async (sql) => {
        await sql.query(
          `with ended as (
            select e ->> 'episodeId' as episode_id, e ->> 'recoveredText' as recovered_text,
              to_timestamp((e ->> 'recoveredAtMs')::float8 / 1000) as recovered_at
            from jsonb_array_elements($1::jsonb) e),
          locked as (select episode_id from daybreak.alert_episode join ended using (episode_id)
            where alert_episode.recovered_at is null order by episode_id for update of alert_episode)
          update daybreak.alert_episode e set recovered_at = ended.recovered_at, recovered_text = ended.recovered_text
          from ended join locked using (episode_id) where e.episode_id = ended.episode_id`,
          [JSON.stringify(episodes)],
        );
      }),
    acknowledge: (episodeId, acknowledged) =>
      write(async (sql) => {
        await sql.query(
          `update daybreak.alert_episode set acknowledged_at = ${at(2)}, acknowledged_by = $3 where episode_id = $1`,
          [episodeId, acknowledged?.atMs ?? null, acknowledged?.by ?? null],
        );
      }),
    snooze: (episodeId, untilMs) =>
      write(async (sql) => {
        await sql.query(
          `update daybreak.alert_episode set snoozed_until = ${at(2)},
            snoozes = snoozes + case when $2::float8 is null then 0 else 1 end where episode_id = $1`,
          [episodeId, untilMs],
        );
      }),
    plan: (deliveries) =>
      write(async (sql) => {
        await sql.query(
          `insert into daybreak.alert_delivery (delivery_id, episode_id, event, channel_kind, destination_key, destination,
            planned_at, next_attempt_at)
          select d ->> 'deliveryId', d ->> 'episodeId', d ->> 'event', d ->> 'channelKind', d ->> 'destinationKey',
            d ->> 'destination', to_timestamp((d ->> 'plannedAtMs')::float8 / 1000),
            to_timestamp((d ->> 'plannedAtMs')::float8 / 1000)
          from jsonb_array_elements($1::jsonb) d
            join daybreak.alert_episode e on e.episode_id = d ->> 'episodeId'
          order by d ->> 'deliveryId' on conflict do nothing`,
          [JSON.stringify(deliveries)],
        );
      }),
    claim: (deliveries, by, nowMs, untilMs) =>
      write(async (sql) => {
        const rows = await sql.query<{ deliveryId: string }>(
          `with given as (select d ->> 'deliveryId' as delivery_id, d ->> 'state' as state, (d ->> 'attempts')::integer as attempts
            from jsonb_array_elements($1::jsonb) d),
          locked as (
            select a.delivery_id from daybreak.alert_delivery a join given g using (delivery_id)
            where a.state = g.state and a.attempts = g.attempts and a.next_attempt_at <= ${at(3)}
            order by a.delivery_id for update of a skip locked)
          update daybreak.alert_delivery a set state = 'sending', sender = $2, next_attempt_at = ${at(4)}
          from locked where a.delivery_id = locked.delivery_id returning a.delivery_id as "deliveryId"`,
          [
            JSON.stringify(deliveries.map(({ deliveryId, state, attempts }) => ({ deliveryId, state, attempts }))),
            by,
            nowMs,
            untilMs,
          ],
        );
        return rows.map(({ deliveryId }) => deliveryId);
      }),
    settle: (deliveryIds, by, result) =>
      write(async (sql) => {
        await sql.query(
          `update daybreak.alert_delivery set state = $3, attempts = attempts + 1, problem = $4, error = $5,
            next_attempt_at = coalesce(${at(6)}, next_attempt_at), told_at = ${at(7)}
          where delivery_id = any ($1::text[]) and state = 'sending' and sender = $2`,
          [deliveryIds, by, ...settledValues(result)],
        );
      }),
    revive: (deliveryIds, atMs) =>
      write(async (sql) => {
        await sql.query(
          `update daybreak.alert_delivery set state = 'waiting', attempts = 0, planned_at = ${at(2)}, next_attempt_at = ${at(2)}
          where delivery_id = any ($1::text[]) and state in ('failed', 'waiting')`,
          [deliveryIds, atMs],
        );
      }),
    forget: (recoveredBeforeMs) =>
      write(async (sql) => {
        await sql.query(`delete from daybreak.alert_episode where recovered_at < ${at(1)}`, [recoveredBeforeMs]);
      }),
  };
}

function settledValues(result: AttemptResult): readonly unknown[] {
  if (result.state === 'sent') return ['sent', null, null, null, result.toldAtMs];
  return [result.state, result.problem, result.error, result.nextAttemptAtMs, null];
}

async function readLedger(sql: Pick<RegistrySession, 'query'>, recoveredSinceMs: number): Promise<LedgerState> {
  const wanted = `(e.recovered_at is null or e.recovered_at > ${at(1)})`;
  const episodes = await sql.query<StoredEpisode>(
    `select episode_id as "episodeId", kind, subject, severity, owner, text,
      ${ms('opened_at')} as "openedAtMs", ${ms('seen_at')} as "seenAtMs", ${ms('recovered_at')} as "recoveredAtMs",
      recovered_text as "recoveredText",
      case when acknowledged_at is not null then json_build_object('by', acknowledged_by, 'atMs', ${ms('acknowledged_at')}) end
        as acknowledged,
      ${ms('snoozed_until')} as "snoozedUntilMs", snoozes
    from daybreak.alert_episode e where ${wanted} order by opened_at, episode_id`,
    [recoveredSinceMs],
  );
  const deliveries = await sql.query<StoredDelivery>(
    `select d.delivery_id as "deliveryId", d.episode_id as "episodeId", d.event, d.channel_kind as "channelKind",
      d.destination_key as "destinationKey", d.destination, d.state, d.attempts, d.problem, d.error,
      ${ms('d.planned_at')} as "plannedAtMs", ${ms('d.next_attempt_at')} as "nextAttemptAtMs",
      ${ms('d.told_at')} as "toldAtMs", d.sender
    from daybreak.alert_delivery d join daybreak.alert_episode e using (episode_id)
    where ${wanted} order by d.planned_at, d.delivery_id`,
    [recoveredSinceMs],
  );
  return { episodes, deliveries };
}
