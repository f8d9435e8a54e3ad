import type { Column } from '../../../../shared/model/read-model.ts';
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { copyRelation } from './names.ts';

/** A column of the stable view beside `as_of`, as the catalog has it. */
export interface ViewColumn extends Column {
  /** `schema.name` of a collation that is not its type's own, quoted; null where it is. */
  readonly collation: string | null;
}

export interface StableView {
  readonly schema: string;
  readonly name: string;
  /** Copy that readers see from now on. */
  readonly copy: string;
  /** Columns of that copy's version. */
  readonly versionColumns: readonly Column[];
  /** Columns of the view as it stands (without `as_of`), in order; empty where there is none yet. */
  readonly viewColumns: readonly ViewColumn[];
  /** reloptions of the view as it stands, e.g. `security_barrier=true`. */
  readonly options: readonly string[];
}

/**
 * The stable view over one copy. `as_of` comes first, by copy id: as the last column it would make every additive flip
 * fail, keyed by model it would show the new version's time over the old one's rows. Columns that the
 * version does not have are NULLs of their type, because a view cannot lose columns while others depend on it. Each
 * column is cast to its type without a modifier: widths (`numeric(18,2)`) are then no part of the contract, and the
 * cast is a relabelling that indexes see through.
 * Options are restated: a bare CREATE OR REPLACE VIEW silently erases security_invoker and security_barrier.
 */
export function stableViewSql(view: StableView, { replace }: { readonly replace: boolean }): string {
  const has = new Map(view.versionColumns.map((column) => [column.name, column]));
  const known = new Set(view.viewColumns.map(({ name }) => name));
  const columns = [
    ...view.viewColumns.map((column) => (has.has(column.name) ? own(column) : absent(column))),
    ...view.versionColumns.filter(({ name }) => !known.has(name)).map(own),
  ];
  return [
    `create ${replace ? 'or replace ' : ''}view ${qualifiedName(view.schema, view.name)}${optionsSql(view.options)} as`,
    `select (select data_as_of from daybreak.copy where copy_id = ${quoteLiteral(view.copy)}) as as_of,`,
    `  ${columns.join(',\n  ')}`,
    `from ${copyRelation(view.schema, view.copy)} as c`,
  ].join('\n');
}

const own = ({ name, type }: Column): string => `c.${quoteIdent(name)}::${type} as ${quoteIdent(name)}`;

/** In words. */
export const collationText = (collation: string | null): string => collation ?? "its type's own";

const absent = ({ name, type, collation }: ViewColumn): string =>
  `null::${type}${collation === null ? '' : ` collate ${collation}`} as ${quoteIdent(name)}`;

/** ` with (...)`, or nothing where there are none. */
export const optionsSql = (options: readonly string[]): string =>
  options.length === 0 ? '' : ` with (${options.map(optionSql).join(', ')})`;

function optionSql(option: string): string {
  const [name = '', ...value] = option.split('=');
  return `${quoteIdent(name)} = ${quoteLiteral(value.join('='))}`;
}
