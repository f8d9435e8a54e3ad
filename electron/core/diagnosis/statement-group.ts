import type { Statement, StatementClass } from '../../../shared/model/statement.ts';
import type { StatementKind } from '../sql-text/statement-kind.ts';

/**
 * One query as a person sees it: the statements of all roles, and of all queryids that it has had, under one
 * fingerprint in one database. Suspects and victims are groups.
 */
export interface StatementGroup {
  readonly groupId: string;
  /** The statement that ran most. */
  readonly statement: Statement;
  readonly class: StatementClass;
  readonly kind: StatementKind;
  readonly aggregates: boolean;
  readonly roleNames: readonly string[];
  /** Its calls are counted for themselves, and not within those of another statement. */
  readonly toplevel: boolean;
  /** No text and no queryid: several statements may hide in it, so it is never accused. */
  readonly hidden: boolean;
}
