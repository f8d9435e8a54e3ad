import { z } from 'zod';
import { columnFormatSchema, widgetSourceSchema } from './dashboard.ts';
import { columnSchema, type Column } from './read-model.ts';
import { isNumericType } from './widget-roles.ts';

/** A result column with what it can be in a widget. */
export const offeredColumnSchema = columnSchema.extend({
  roles: z.array(z.enum(['x', 'series', 'values'])),
  /** A guess from its type and its name. */
  format: columnFormatSchema,
});
export type OfferedColumn = z.infer<typeof offeredColumnSchema>;

export const columnOfferSchema = z.object({
  source: widgetSourceSchema,
  /** In the order of the query, without the `as_of` of a read model. */
  columns: z.array(offeredColumnSchema),
});
export type ColumnOffer = z.infer<typeof columnOfferSchema>;

const moneyNames = /(^|_)(amount|revenue|turnover|sales|price|cost|margin|budget|actual|balance|value|total)(_|$)/;
const shareNames = /(^|_)(percent|pct|share|ratio|rate)(_|$)/;

/** Numbers are values and, being years or ranks, sometimes categories; anything else is a category or a series. */
export function offerColumn({ name, type }: Column): OfferedColumn {
  if (!isNumericType(type)) {
    const day = type === 'date' || type.startsWith('timestamp');
    const format = !day ? 'text' : /month/.test(name) ? 'month' : /week/.test(name) ? 'week' : 'date';
    return { name, type, roles: ['x', 'series'], format };
  }
  const whole = /^(smallint|integer|bigint)/.test(type);
  if (whole) return { name, type, roles: ['values', 'x'], format: 'integer' };
  const format = shareNames.test(name) ? 'percent' : moneyNames.test(name) ? 'money' : 'decimal';
  return { name, type, roles: ['values'], format };
}
