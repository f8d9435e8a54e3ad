import { z } from 'zod';

/** What happened to a read model outside Daybreak. */
export const driftKindSchema = z.enum([
  'view_gone', // the stable view was dropped
  'view_replaced', // something else stands under the stable name
  'view_redefined', // it reads other relations, shows another as_of, or lost its first column
  'column_lost',
  'column_changed', // its type
  'options_changed', // security_barrier, security_invoker ... were erased or set
  'comment_changed',
  'owner_changed', // Daybreak's role may not replace it any more
  'grant_lost', // a reader cannot read any more
  'grant_unknown', // somebody else can
  'copy_gone',
  'copy_replaced', // a copy is no materialized view, or no table, any more
  'copy_empty',
  'copy_rewritten', // refreshed, altered or written by hand: its rows are not those of as_of
  'index_lost',
  'half_suspended', // a copy was detached by hand, and the registry was not told
]);
export type DriftKind = z.infer<typeof driftKindSchema>;

export const driftSchema = z.object({
  kind: driftKindSchema,
  /** What it happened to, as it stands in SQL: 'reporting.sales'. */
  object: z.string(),
  /** What happened, in a sentence. */
  text: z.string(),
  /** What to do, in a sentence. */
  advice: z.string(),
  /** The statement that puts it right, ready to copy; null where a plan of Daybreak does. */
  action: z.string().nullable(),
});
export type Drift = z.infer<typeof driftSchema>;
