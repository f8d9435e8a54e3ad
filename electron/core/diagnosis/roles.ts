import type { StatementGroup } from './catalog.ts';

/** Who waits and who may be blamed. A group is never both. */

/** An OLTP statement that does work of its own: it can get slower. */
export const canSuffer = (group: StatementGroup): boolean =>
  group.class === 'oltp' && group.kind !== 'control' && !group.hidden;

/** Everything else that can be told apart, but for the frame of a transaction. */
export const canBeBlamed = (group: StatementGroup): boolean =>
  group.class !== 'oltp' && group.kind !== 'control' && !group.hidden;

export const isSaving = (group: StatementGroup): boolean =>
  canSuffer(group) && group.kind !== 'read' && group.kind !== 'unknown';

/** Victims, and the frames of their transactions: a COMMIT waits in the queues like the statements before it. */
export const pilesUp = (group: StatementGroup): boolean =>
  canSuffer(group) || (group.kind === 'control' && !group.hidden);
