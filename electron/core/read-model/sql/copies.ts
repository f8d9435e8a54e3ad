import type { Column } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { doBlock } from './dollar-quote.ts';
import { copyRelation, keyIndexName } from './names.ts';

/** A definition as a table expression. The line break ends a trailing `--` comment. */
export const definitionAs = (definitionSql: string, alias: string): string => `(\n${definitionSql}\n) as ${alias}`;

/** What the copies of a version are. Nobody can write a part of a materialized view, so a period asks for a table. */
export type CopyKind = 'materialized view' | 'table';
export const copyKindOf = (period: Period | null | undefined): CopyKind =>
  period == null ? 'materialized view' : 'table';

export const createCopySql = (kind: CopyKind, schema: string, copy: string, definitionSql: string): string =>
  `create ${kind} ${copyRelation(schema, copy)} as\n${definitionSql}\nwith no data`;

/**
 * Gives a copy to the role that owns the stable view, where another one made it: whoever reads the view comes with its
 * owner's rights. `owner` is null where it is the same role.
 */
export const giveCopySql = (
  kind: CopyKind,
  schema: string,
  copy: string,
  owner: string | null | undefined,
): string[] => (owner == null ? [] : [`alter ${kind} ${copyRelation(schema, copy)} owner to ${quoteIdent(owner)}`]);

export const dropCopySql = (kind: CopyKind, schema: string, copy: string): string =>
  `drop ${kind} if exists ${copyRelation(schema, copy)} restrict`;

/** Fills an empty copy that is a materialized view. */
export const fillCopySql = (schema: string, copy: string): string =>
  `refresh materialized view ${copyRelation(schema, copy)}`;

/** Fills an empty copy that is a table. */
export const fillTableSql = (
  schema: string,
  copy: string,
  definitionSql: string,
  keyColumns: readonly string[],
  period: Period,
): string => `insert into ${copyRelation(schema, copy)}\n${inPeriodOrder(definitionSql, keyColumns, period)}`;

/**
 * The definition's rows, period by period. They come out of an aggregate in no order, and would lie all over the table:
 * a refresh of 1 % of them then wrote nearly every page.
 */
export const inPeriodOrder = (definitionSql: string, keyColumns: readonly string[], period: Period): string =>
  `select * from ${definitionAs(definitionSql, 'd')}
order by ${keyInOrder(keyColumns, period).map(quoteIdent).join(', ')}`;

/** The period first: so an index finds the rows of one. */
const keyInOrder = (keyColumns: readonly string[], period: Period): string[] => [
  period.column,
  ...keyColumns.filter((column) => column !== period.column),
];

export const analyzeCopySql = (schema: string, copy: string): string => `analyze ${copyRelation(schema, copy)}`;

const keyIndexSql = (
  kind: 'unique index' | 'index',
  schema: string,
  copy: string,
  keyColumns: readonly string[],
): string =>
  `create ${kind} ${quoteIdent(keyIndexName(copy))} on ${copyRelation(schema, copy)} (${keyColumns.map(quoteIdent).join(', ')})`;

/**
 * The key's index of a materialized view, as what it holds allows; nothing for a model without a key. With NULL in a key
 * the rows are unique all the same, counting NULL as a value, but the index is a plain one: REFRESH CONCURRENTLY would
 * delete and insert such rows each time, and without a unique index the refresh goes side by side.
 */
export function settleKeySql(schema: string, copy: string, keyColumns: readonly string[]): string[] {
  if (keyColumns.length === 0) return [];
  const relation = copyRelation(schema, copy);
  const index = `${quoteIdent(schema)}.${quoteIdent(keyIndexName(copy))}`;
  const keys = keyColumns.map(quoteIdent);
  const replaced = (kind: 'unique index' | 'index') =>
    `    drop index if exists ${index};\n    ${keyIndexSql(kind, schema, copy, keyColumns)};`;
  return [
    doBlock(
      'settle_key',
      `  daybreak_unique boolean := (select indisunique from pg_catalog.pg_index where indexrelid = to_regclass(${quoteLiteral(index)}));`,
      `  if not exists (select from ${relation} where ${keys.map((key) => `${key} is null`).join(' or ')}) then
    if daybreak_unique is true then return; end if;
${replaced('unique index')}
    return;
  end if;
  if exists (select from ${relation} group by ${keys.join(', ')} having count(*) > 1) then
    raise exception using errcode = 'unique_violation',
      message = ${quoteLiteral(`the key (${keyColumns.join(', ')}) of ${copy} is not unique`)},
      hint = 'Name the columns that identify a row, or leave the key empty.';
  end if;
  if daybreak_unique is distinct from false then
${replaced('index')}
  end if;`,
    ),
  ];
}

/** Makes the key's index again that a copy has lost; nothing for a model without a key. */
export function lostKeySql(
  schema: string,
  copy: string,
  keyColumns: readonly string[],
  period: Period | null,
): string[] {
  return period === null
    ? settleKeySql(schema, copy, keyColumns)
    : [keyIndexSql('unique index', schema, copy, keyInOrder(keyColumns, period))];
}

/**
 * The key's index, and for a table with a period no NULL in it, now and afterwards: rows of a period are merged by their
 * key. The period comes first in its index, so that the index finds the rows of a period.
 */
export function keySql(
  schema: string,
  copy: string,
  keyColumns: readonly string[],
  period: Period | null | undefined,
): string[] {
  if (period == null) return settleKeySql(schema, copy, keyColumns);
  const notNull = keyColumns.map((column) => `alter column ${quoteIdent(column)} set not null`);
  return [
    refuseNullKeysSql(schema, copy, keyColumns),
    `alter table ${copyRelation(schema, copy)} ${notNull.join(', ')}`,
    keyIndexSql('unique index', schema, copy, keyInOrder(keyColumns, period)),
  ];
}

/**
 * Writes the as-of of what `refresh` wrote in the same transaction. `transaction_timestamp()` is the moment before the
 * snapshot was taken, so the label never claims more than the data holds; a model over models is as old as its
 * oldest parent.
 */
export function setAsOfSql(schema: string, copy: string, parents: readonly string[]): string {
  return `update daybreak.copy set data_as_of = ${asOfSql(parents)},
  row_count = (select count(*) from ${copyRelation(schema, copy)})
where copy_id = ${quoteLiteral(copy)}`;
}

/** The as-of of what is read in this transaction. */
export const asOfSql = (parents: readonly string[]): string =>
  parents.length === 0
    ? 'transaction_timestamp()'
    : `least(transaction_timestamp(), (
    select min(c.data_as_of) from daybreak.version v
      join daybreak.copy c on c.read_model = v.read_model and c.version = v.version and c.slot = v.live_slot
    where v.state = 'current' and v.read_model in (${parents.map(quoteLiteral).join(', ')})))`;

/**
 * Fails when a key column holds NULL: such a row would be deleted and inserted again at every concurrent refresh, and
 * NULLS NOT DISTINCT does not help. A unique index lets NULLs pass, hence the check.
 */
export function refuseNullKeysSql(schema: string, copy: string, keyColumns: readonly string[]): string {
  const isNull = keyColumns.map((column) => `${quoteIdent(column)} is null`).join(' or ');
  const names = keyColumns.join(', ');
  return doBlock(
    'verify_key',
    '',
    `  if exists (select from ${copyRelation(schema, copy)} where ${isNull}) then
    raise exception using errcode = 'not_null_violation',
      message = ${quoteLiteral(`the key (${names}) of ${copy} is NULL in some row`)},
      hint = 'Wrap the key column in coalesce(), or leave the rows without a key out.';
  end if;`,
  );
}

/** Types without an equality operator: compared by what they print. */
const comparedAsText: ReadonlySet<string> = new Set([
  'json',
  'xml',
  'point',
  'line',
  'lseg',
  'box',
  'path',
  'polygon',
  'circle',
]);
/** Sums of floats depend on the order of rows, so two readings of the same rows may differ in the last digits. */
export const isFloat = (type: string): boolean => /^(real|double precision)\b/.test(type);

/** A column as it may stand beside `=` and `is distinct from`. */
export const comparedSql = ({ name, type }: Column, alias?: string): string => {
  const column = alias === undefined ? quoteIdent(name) : `${alias}.${quoteIdent(name)}`;
  return comparedAsText.has(type.replace(/\[\]$/, '')) ? `${column}::text` : column;
};

/** The columns that a copy and its definition are compared by. */
const comparable = (columns: readonly Column[]): string[] =>
  columns.filter(({ type }) => !isFloat(type)).map((column) => comparedSql(column));

/**
 * Fails unless the copy holds exactly the rows of its definition, as multisets: EXCEPT ALL both ways, in one pass.
 * Only true inside the transaction that filled it, REPEATABLE READ: both then see one snapshot.
 */
export function compareWithDefinitionSql(
  schema: string,
  copy: string,
  definitionSql: string,
  columns: readonly Column[],
): string {
  const compared = comparable(columns);
  const aliases = compared.map((_, at) => `c${at + 1}`);
  const side = (weight: number, from: string) =>
    `select ${[...compared.map((column, at) => `${column} as c${at + 1}`), `${weight} as weight`].join(', ')} from ${from}`;
  const groups = aliases.length === 0 ? '' : ` group by ${aliases.join(', ')}`;
  return doBlock(
    'verify',
    '  daybreak_missing bigint;\n  daybreak_surplus bigint;',
    `  select coalesce(sum(weight) filter (where weight > 0), 0), coalesce(-sum(weight) filter (where weight < 0), 0)
    into daybreak_missing, daybreak_surplus
  from (
    select sum(weight) as weight from (
      ${side(1, definitionAs(definitionSql, 'd'))}
      union all
      ${side(-1, copyRelation(schema, copy))}
    ) as both_sides${groups}
  ) as difference;
  if daybreak_missing + daybreak_surplus > 0 then
    raise exception using errcode = 'data_exception',
      message = format('the definition gives other rows each time it is read: %s rows of it are not in the copy, %s rows of the copy are not in it',
        daybreak_missing, daybreak_surplus),
      hint = 'Make it repeatable: order by inside string_agg and array_agg, a total order under limit, distinct on and row_number.';
  end if;`,
  );
}
