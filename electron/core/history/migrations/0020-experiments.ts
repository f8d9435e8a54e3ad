export const experiments = {
  version: 20,
  name: 'experiments',
  sql: `
    create table experiment (
      experiment_key integer primary key autoincrement,
      experiment_id text not null unique,
      server_key integer not null references server,
      -- an ExperimentRecord as JSON
      body text not null
    ) strict;
    create index experiment_by_server on experiment (server_key);
  `,
} as const;
