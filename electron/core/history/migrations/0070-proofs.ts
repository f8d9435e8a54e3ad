/** What was proven of proposals, so that a plan that is made by a later call still knows. */
export const proofs = {
  version: 70,
  name: 'proofs',
  sql: `
    create table proof (
      server_key integer not null references server,
      -- over the culprit, its definition and its rewriting
      proof_hash text not null,
      proven_at_ms real not null,
      -- a Proof as JSON
      body text not null,
      primary key (server_key, proof_hash)
    ) strict;
  `,
} as const;
