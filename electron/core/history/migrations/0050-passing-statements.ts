/** Which statements only passed, so that they need not be kept as long as hours are (docs/decisions/0017). */
export const passingStatements = {
  version: 50,
  name: 'passing statements',
  sql: `
    -- null: made before this was written down
    alter table statement add column first_seen_hour integer;
    -- the last hour of which it was a considerable part; null: of none since this is written down
    alter table statement add column mattered_hour integer;
    create index statement_last_seen on statement (server_key, last_seen_hour);
  `,
} as const;
