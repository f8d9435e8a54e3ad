import type { Column } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { qualifiedName } from '../sql/quote.ts';
import { lostWithColumns, type CarriedViews } from '../sql/replace-view.ts';
import type { CatalogFacts } from './catalog-facts.ts';

const longestName = 50;

/** A name for the new shape, beside the old one: `sales_2`. */
export function otherName(name: string, version: number): string {
  const ending = `_${version}`;
  return `${name.slice(0, longestName - ending.length)}${ending}`;
}

/**
 * The stable view and its readers, where all of them can be dropped and made anew. Throws `statement_refused` with who
 * stands in the way: what belongs to others, and what is no view.
 */
export function requireCarriable(name: string, { carried, role }: CatalogFacts): CarriedViews {
  if (carried === null) throw new Error(`${name} is made anew without having been read`);
  const inTheWay = [...carried.others, ...carried.foreign];
  if (inTheWay.length === 0) return carried;
  throw new Failure({
    code: 'statement_refused',
    message: `The stable view of ${name} cannot be made anew: ${inTheWay.join('; ')} ${inTheWay.length === 1 ? 'depends' : 'depend'} on it, and ${role} can only carry views of its own. Give the new shape a name of its own, or take ${inTheWay.length === 1 ? 'it' : 'them'} away first.`,
    detail: { dependents: inTheWay },
  });
}

/** What a person has to know before the view is made anew. */
export function replaceWarnings(
  name: string,
  breaking: readonly string[],
  { view, dependents }: CarriedViews,
  columns: readonly Column[],
): string[] {
  const lost = lostWithColumns(view, ['as_of', ...columns.map((column) => column.name)]);
  return [
    `Readers of ${name} break on this: ${breaking.join('; ')}. The view is dropped and made anew in one transaction; rights, comments, defaults, triggers and options are carried.`,
    ...(dependents.length === 0
      ? []
      : [
          `Made anew with it, as they are: ${dependents.map((one) => qualifiedName(one.schema, one.name)).join(', ')}. If one of them does not fit the new columns, nothing is changed at all: try it in a dry run.`,
        ]),
    ...(lost.length === 0 ? [] : [`Gone with columns that are gone: ${lost.join('; ')}.`]),
  ];
}
