/** Where a constant came from that a normalized text had lost. */
export const valueOrigins = {
  unified: 'must equal another one',
  sample: 'from a sampled statement',
  statistics: 'from pg_stats',
  person: 'from you',
} as const;
