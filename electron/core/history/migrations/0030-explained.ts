/** Plans that were asked for, by the fingerprint of their statement. */
export const explained = {
  version: 30,
  name: 'explained',
  sql: `
    create table explained (
      explain_id text primary key,
      server_key integer not null references server,
      fingerprint text not null,
      taken_at_ms real not null,
      -- JSON; text, or a blob with its raw deflate where that is shorter
      body any not null
    ) strict;
    create index explained_by_statement on explained (server_key, fingerprint, taken_at_ms);
    -- The constants of a statement are looked for in every text that it was sent with.
    create index text_by_fingerprint on text (fingerprint);
  `,
} as const;
