import type { ViewAsIs } from '../../postgres/queries/catalog-view-as-is.ts';
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { grantsSql } from './grants.ts';
import { optionsSql } from './stable-view.ts';

/** What of a view has to be made anew. */
export type CarriedView = Omit<ViewAsIs, 'owner' | 'ownedByUs'>;

/** A stable view, and the views that read it, in the order in which they can be made. */
export interface CarriedViews {
  readonly view: CarriedView;
  readonly dependents: readonly CarriedView[];
}

/**
 * Drops a stable view and what reads it, with RESTRICT, and makes all of it anew in the same transaction: `createSql`
 * makes the view itself, with the columns `columns`. What hangs on a column that is gone goes with it.
 */
export function replaceViewSql(
  { view, dependents }: CarriedViews,
  createSql: string,
  columns: readonly string[],
): string[] {
  const drop = ({ schema, name }: CarriedView) => `drop view ${qualifiedName(schema, name)} restrict`;
  return [
    ...dependents.toReversed().map(drop),
    drop(view),
    // Its types are named as this session finds them.
    createSql,
    // As the definitions of the others were printed: names without a schema are PostgreSQL's own.
    'set local search_path = pg_catalog',
    ...dressSql(view, columns),
    ...dependents.flatMap((one) => [createAsItWasSql(one), ...dressSql(one, one.columns)]),
  ];
}

/** The view as it was before. */
export const createAsItWasSql = ({ schema, name, options, definition }: CarriedView): string =>
  `create view ${qualifiedName(schema, name)}${optionsSql(options)} as\n${definition}`;

/** All that hung on the view, as far as its columns are still there. */
function dressSql(view: CarriedView, columns: readonly string[]): string[] {
  const { schema, name, comment, columnComments, defaults, triggers, rules, grants } = view;
  const relation = qualifiedName(schema, name);
  const there = ({ column }: { readonly column: string | null }) => column === null || columns.includes(column);
  return [
    ...grantsSql(schema, name, grants.filter(there)),
    ...(comment === null ? [] : [`comment on view ${relation} is ${quoteLiteral(comment)}`]),
    ...columnComments
      .filter(there)
      .map(({ column, text }) => `comment on column ${relation}.${quoteIdent(column)} is ${quoteLiteral(text)}`),
    ...defaults
      .filter(there)
      .map(
        ({ column, expression }) =>
          `alter view ${relation} alter column ${quoteIdent(column)} set default ${expression}`,
      ),
    ...triggers,
    ...rules,
  ];
}

/** What hangs on columns that the view loses, in words. */
export const lostWithColumns = (view: CarriedView, columns: readonly string[]): string[] => [
  ...view.grants.flatMap(({ column, privilege, grantee }) =>
    column === null || columns.includes(column) ? [] : [`the right of ${grantee} to ${privilege} ${column}`],
  ),
  ...view.columnComments.flatMap(({ column }) => (columns.includes(column) ? [] : [`the comment on ${column}`])),
  ...view.defaults.flatMap(({ column }) => (columns.includes(column) ? [] : [`the default of ${column}`])),
];
