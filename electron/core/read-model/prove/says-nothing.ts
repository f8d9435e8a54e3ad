import { recordFields } from '../../../../shared/format/record.ts';

/** NULL, an empty text, zero as a number or an interval, an empty array or JSON. */
const empty = /^([-+]?0+(\.0*)?|0+(:0+)+(\.0+)?|\{\}|\[\])?$/;

/**
 * A row as PostgreSQL prints it in which every value is what an aggregate over nothing has: `(0,)` of count and sum.
 * `aged`: the first one is the model's age, and does not count. Pure.
 */
export function saysNothing(printed: string, aged: boolean): boolean {
  const fields = recordFields(printed)?.slice(aged ? 1 : 0);
  return fields !== undefined && fields.every((field) => field === null || empty.test(field));
}
