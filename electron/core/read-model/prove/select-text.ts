import { Failure } from '../../../../shared/model/failure.ts';
import { bodyOf, readStatements, type ParsedText } from '../../sql-text/statement.ts';
import { isList, list, strings, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { placeOf, singleName } from '../propose/derive/parts.ts';
import { printSelect } from '../propose/derive/print.ts';
import { definitionAs } from '../sql/copies.ts';

/** Throws `statement_refused` unless the text is exactly one SELECT: a proof runs nothing else. */
export async function readOneSelect(sql: string): Promise<ParsedText> {
  const read = await readStatements(sql);
  const statements = read.ok ? read.statements : [];
  const [statement] = statements;
  if (statement?.kind === 'SelectStmt' && statements.length === 1) return statement;
  throw new Failure({
    code: 'statement_refused',
    message: 'Only a single SELECT can be compared with its rewriting. Give one SELECT.',
    detail: { construct: read.ok ? 'no SELECT' : 'syntax error' },
  });
}

/** How the definition is called inside of a proof; nothing of that name is created. */
const standIn = 'daybreak_proof';

/** As the stable view has it first: the moment of the snapshot. */
const withAsOf = (selectSql: string): string =>
  `select transaction_timestamp() as as_of, daybreak_rows.* from ${definitionAs(selectSql, 'daybreak_rows')}`;

/** The culprit beside a rewriting that reads `as_of`, too. */
export const beside = (originalSql: string, readsAsOf: boolean): string =>
  readsAsOf ? withAsOf(originalSql) : originalSql;

/** True where the query's first column is the age of the read model, as a widget's is. */
export async function readsAsOf(rewrittenSql: string): Promise<boolean> {
  const [first] = list(bodyOf(await readOneSelect(rewrittenSql))['targetList']);
  const target = unwrap(first, 'ResTarget');
  const fields = strings(unwrap(target?.['val'], 'ColumnRef')?.['fields']);
  return (target?.['name'] ?? fields.at(-1)) === 'as_of';
}

/**
 * The rewritten query with the definition in place of the stable name, as it would be filled at this moment. Computed
 * once and as a whole, as the read model will be: no filter of the reader's gets into it. Throws `statement_refused` for
 * a query that reads anything else.
 */
export async function overDefinition(
  rewrittenSql: string,
  definitionSql: string,
  stableName: { readonly schema: string; readonly name: string },
): Promise<string> {
  const rewritten = bodyOf(await readOneSelect(rewrittenSql));
  const filled = (await readsAsOf(rewrittenSql)) ? withAsOf(definitionSql) : definitionSql;
  const definition = {
    CommonTableExpr: {
      ctename: standIn,
      ctematerialized: 'CTEMaterializeAlways',
      ctequery: { SelectStmt: bodyOf(await readOneSelect(filled)) },
    },
  };
  const fromClause = list(rewritten['fromClause']).map((item) => standInFor(item, stableName));
  return printSelect({ ...rewritten, withClause: { ctes: [definition] }, fromClause });
}

function standInFor(item: Json, { schema, name }: { readonly schema: string; readonly name: string }): JsonObject {
  const { schemaname, ...range } = unwrap(item, 'RangeVar') ?? {};
  if (text(schemaname) !== schema || text(range['relname']) !== name) {
    throw new Failure({
      code: 'statement_refused',
      message: `The rewritten query has to read ${schema}.${name} and nothing else, so that it can be compared before that exists.`,
      detail: { construct: 'FROM' },
    });
  }
  return { RangeVar: { ...range, relname: standIn } };
}

/**
 * What the outermost ORDER BY sorts by, for each row that is returned, most significant first: which rows a LIMIT takes is
 * left to chance among those alone that agree in it. `columns` are the SELECT's own. Null where that cannot be asked.
 */
export async function sortKeysOf(
  sql: string,
  columns: readonly string[],
): Promise<{ readonly count: number; readonly first: (count: number) => string } | null> {
  const select = bodyOf(await readOneSelect(sql));
  const added: JsonObject[] = [];
  const places: number[] = [];
  for (const item of list(select['sortClause'])) {
    const node = unwrap(item, 'SortBy')?.['node'];
    const named = columns.indexOf(singleName(node) ?? '') + 1;
    const place = placeOf(node) ?? (named > 0 ? named : null);
    if (place === null) {
      if (node === undefined || !isList(select['targetList'])) return null;
      added.push({ ResTarget: { name: `daybreak_key_${added.length + 1}`, val: node } });
    }
    places.push(place ?? columns.length + added.length);
  }
  const all =
    added.length === 0 ? sql : await printSelect({ ...select, targetList: [...list(select['targetList']), ...added] });
  const names = Array.from({ length: columns.length + added.length }, (_, at) => `k${at + 1}`);
  return {
    count: places.length,
    first: (count) => {
      const keys = places.slice(0, count).map((place) => `daybreak_sorted.k${place}`);
      return `select ${keys.join(', ')} from ${definitionAs(all, `daybreak_sorted (${names.join(', ')})`)}`;
    },
  };
}

/** The SELECT without its outermost LIMIT and OFFSET; null where it has none. */
export async function withoutLimit(sql: string): Promise<string | null> {
  const { limitCount, limitOffset, limitOption, ...all } = bodyOf(await readOneSelect(sql));
  if (limitCount === undefined && limitOffset === undefined) return null;
  return printSelect({ ...all, ...(limitOption === undefined ? {} : { limitOption: 'LIMIT_OPTION_DEFAULT' }) });
}
