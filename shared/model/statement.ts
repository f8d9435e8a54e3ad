import { z } from 'zod';

/** What kind of work a statement is. */
export const statementClassSchema = z.enum(['oltp', 'reporting', 'batch', 'maintenance', 'mixed']);
export type StatementClass = z.infer<typeof statementClassSchema>;

/** One normalized query: (server, database, role, queryid, toplevel). `statementId` is our own key for that tuple. */
export const statementSchema = z.object({
  statementId: z.string(),
  databaseName: z.string().nullable(),
  roleName: z.string().nullable(),
  /** int8 as a string; null when the role may not see it. */
  queryid: z.string().nullable(),
  toplevel: z.boolean(),
  /** Normalized text, or the sampled text where no normalized one is known; null while unseen. */
  text: z.string().nullable(),
  /** Hash of the normalized text without literals, comments and white space; survives a changed queryid. */
  fingerprint: z.string(),
  class: statementClassSchema,
  /** Who decided the class: the score, an application tag, or the person. */
  classSource: z.enum(['score', 'tag', 'override']),
  applicationNames: z.array(z.string()),
  /** The dashboard widget that runs it, where a widget's live SQL has this fingerprint or tag. */
  widgetId: z.string().nullable(),
  /** Of that widget, as it was called where this was stored: a capture's dashboards are on another machine. */
  widgetTitle: z.string().optional(),
});
export type Statement = z.infer<typeof statementSchema>;
