/**
 * Where alerts go, and episodes of servers without a registry to write to, or that were out of reach: who was told what,
 * so that nothing is told twice after a restart (docs/decisions/0034).
 */
export const alerts = {
  version: 87,
  name: 'alerts',
  sql: `
    create table alert_channel (
      channel_id text primary key,
      -- Channel of shared/model/alert-channel.ts, as JSON; secrets are with the passwords
      body text not null
    ) strict, without rowid;

    create table alert_episode (
      server_key integer not null references server on delete cascade,
      episode_id text not null,
      kind text not null,
      subject text not null,
      severity text not null,
      owner text,
      text text not null,
      opened_at_ms real not null,
      seen_at_ms real not null,
      -- null: it goes on
      recovered_at_ms real,
      recovered_text text,
      acknowledged_at_ms real,
      acknowledged_by text,
      snoozed_until_ms real,
      snoozes integer not null default 0,
      primary key (server_key, episode_id)
    ) strict, without rowid;
    create unique index one_open_alert_episode on alert_episode (server_key, kind, subject) where recovered_at_ms is null;

    create table alert_delivery (
      server_key integer not null references server on delete cascade,
      delivery_id text not null,
      episode_id text not null,
      event text not null,
      channel_kind text not null,
      destination_key text not null,
      destination text not null,
      state text not null default 'waiting',
      attempts integer not null default 0,
      problem text,
      error text,
      planned_at_ms real not null,
      next_attempt_at_ms real not null,
      told_at_ms real,
      sender text,
      primary key (server_key, delivery_id),
      foreign key (server_key, episode_id) references alert_episode on delete cascade
    ) strict, without rowid;
    create index alert_delivery_episode on alert_delivery (server_key, episode_id);
  `,
} as const;
