import type { RegistryMigration } from '../migrations.ts';

/**
 * What is wrong for as long as it lasts, and who was told: several engines that watch one server write here, so that
 * each mailbox gets one message when an episode begins and one when it is over. An older Daybreak tells nobody, and
 * does no harm.
 */
export const alerts: RegistryMigration = {
  migration: 50,
  breaking: false,
  name: 'alerts',
  statements: [
    `create table daybreak.alert_episode (
  episode_id text primary key,
  kind text not null,
  subject text not null, -- a read model, an agent, or the server
  severity text not null check (severity in ('info', 'warning', 'critical')),
  owner text,
  text text not null, -- what is wrong, with its numbers, and what to do
  opened_at timestamptz not null,
  seen_at timestamptz not null, -- when it was last found to go on
  recovered_at timestamptz, -- null: it goes on
  recovered_text text,
  acknowledged_at timestamptz,
  acknowledged_by text,
  snoozed_until timestamptz,
  snoozes integer not null default 0
)`,
    `create unique index one_open_episode on daybreak.alert_episode (kind, subject) where recovered_at is null`,
    `create index alert_episode_recovered on daybreak.alert_episode (recovered_at)`,
    `create table daybreak.alert_delivery (
  delivery_id text primary key,
  episode_id text not null references daybreak.alert_episode on delete cascade,
  event text not null check (event in ('opened', 'reminder', 'recovered')),
  channel_kind text not null,
  destination_key text not null, -- a hash: the address of a webhook may be a secret
  destination text not null, -- for people
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed')),
  attempts integer not null default 0,
  problem text,
  error text,
  planned_at timestamptz not null,
  next_attempt_at timestamptz not null, -- while it is being sent: when another engine may take it over
  told_at timestamptz,
  sender text
)`,
    `create index alert_delivery_episode on daybreak.alert_delivery (episode_id)`,
  ],
  // Taken back only where nothing has been written into it: whoever used it in the meantime keeps it.
  undo: () => `if to_regclass('daybreak.alert_episode') is not null then
    lock table daybreak.alert_episode in access exclusive mode;
    if not exists (select from daybreak.alert_episode) then
      drop table daybreak.alert_delivery, daybreak.alert_episode restrict;
      delete from daybreak.migration where migration = 50;
    end if;
  end if;`,
};
