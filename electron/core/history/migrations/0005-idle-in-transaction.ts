/** Time between the statements of transactions: where waiting for a processor shows (docs/decisions/0004). */
export const idleInTransaction = {
  version: 5,
  name: 'idle in transaction',
  sql: `
    alter table interval add column idle_in_transaction_ms real;
    alter table last_snapshot add column idle_in_transaction_ms real;
  `,
} as const;
