import { Failure } from '../../../../shared/model/failure.ts';
import { bodyOf, readStatements, type ParsedText } from '../../sql-text/statement.ts';
import { list, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { printSelect } from '../propose/derive/print.ts';

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

/**
 * The rewritten query with the definition in place of the stable name, as it would be filled at this moment. Computed
 * once and as a whole, as the read model will be: no filter of the reader's gets into it.
 */
export async function overDefinition(
  rewrittenSql: string,
  definitionSql: string,
  stableName: { readonly schema: string; readonly name: string },
): Promise<string> {
  const rewritten = bodyOf(await readOneSelect(rewrittenSql));
  const definition = {
    CommonTableExpr: {
      ctename: standIn,
      ctematerialized: 'CTEMaterializeAlways',
      ctequery: { SelectStmt: bodyOf(await readOneSelect(definitionSql)) },
    },
  };
  const fromClause = list(rewritten['fromClause']).map((item) => standInFor(item, stableName));
  return printSelect({ ...rewritten, withClause: { ctes: [definition] }, fromClause });
}

function standInFor(item: Json, { schema, name }: { readonly schema: string; readonly name: string }): JsonObject {
  const { schemaname, ...range } = unwrap(item, 'RangeVar') ?? {};
  if (text(schemaname) !== schema || text(range['relname']) !== name) {
    throw new Error('the rewritten query reads the stable name and nothing else');
  }
  return { RangeVar: { ...range, relname: standIn } };
}

/** The SELECT without its outermost LIMIT and OFFSET; null where it has none. */
export async function withoutLimit(sql: string): Promise<string | null> {
  const { limitCount, limitOffset, limitOption, ...all } = bodyOf(await readOneSelect(sql));
  if (limitCount === undefined && limitOffset === undefined) return null;
  return printSelect({ ...all, ...(limitOption === undefined ? {} : { limitOption: 'LIMIT_OPTION_DEFAULT' }) });
}
