export const dashboards = {
  version: 4,
  name: 'dashboards',
  sql: `
    create table dashboard (
      dashboard_key integer primary key autoincrement,
      dashboard_id text not null unique,
      server_key integer not null references server,
      body text not null
    ) strict;
    create index dashboard_by_server on dashboard (server_key);

    create table widget_result (
      result_id integer primary key,
      dashboard_key integer not null references dashboard on delete cascade,
      widget_id text not null,
      source_hash text not null,
      stored_at_ms real not null,
      as_of text,
      -- the result as JSON, raw deflate
      body blob not null
    ) strict;
    create index widget_result_latest on widget_result (dashboard_key, widget_id, source_hash, result_id);
    create index widget_result_age on widget_result (stored_at_ms);
  `,
} as const;
