import { Failure } from '../../../../shared/model/failure.ts';
import { parse, type ParsedStatement } from '../../sql-text/parser.ts';
import { isObject, type JsonObject } from '../../sql-text/tree.ts';

/** One SELECT as a person wrote it, without what stands around it, and its tree as PostgreSQL's own parser gives it. */
export interface ParsedSelect {
  /** Without semicolon and surrounding white space. */
  readonly text: string;
  /** Node `SelectStmt`. Locations in it are byte offsets into `text` (UTF-8). */
  readonly tree: JsonObject;
}

export const refuse = (message: string, construct: string): Failure =>
  new Failure({ code: 'statement_refused', message, detail: { construct } });

/**
 * Parses `text` with PostgreSQL 18's parser. Throws `statement_refused` with the construct in `detail` unless it is
 * exactly one SELECT, WITH or VALUES.
 */
export async function parseSelect(text: string): Promise<ParsedSelect> {
  const statements = await parseText(text);
  const [statement] = statements;
  if (statement === undefined) throw refuse('There is no statement in this text. Give one SELECT.', 'nothing');
  if (statements.length > 1) {
    throw refuse(
      `This text holds ${statements.length} statements. A read model is defined by exactly one SELECT.`,
      'several statements',
    );
  }
  const [kind = 'nothing'] = Object.keys(statement.stmt ?? {});
  if (kind !== 'SelectStmt') {
    throw refuse(`A read model is defined by a SELECT; this is ${statementName(kind)}.`, statementName(kind));
  }
  const bytes = Buffer.from(text, 'utf8');
  const start = statement.stmt_location ?? 0;
  const end = statement.stmt_len === undefined || statement.stmt_len === 0 ? bytes.length : start + statement.stmt_len;
  const own = bytes.subarray(start, end).toString('utf8').trim();
  // Once more on its own, so that locations count from its first byte.
  const [again] = await parseText(own);
  const tree = (again?.stmt as JsonObject | undefined)?.['SelectStmt'];
  if (!isObject(tree)) throw new Error('a statement parses the same on its own');
  return { text: own, tree };
}

export const parameterWithoutValue = (parameter: string): Failure =>
  refuse(
    `The statement has the parameter ${parameter}, and its value is not known. Write the constant in its place, then propose again.`,
    parameter,
  );

async function parseText(text: string): Promise<readonly ParsedStatement[]> {
  const parsed = await parse(text);
  if (parsed.ok) return parsed.statements;
  // Normalized texts hold parameters where the grammar wants a constant: interval $1.
  const parameter = /at or near "(\$\d+)"/.exec(parsed.message)?.[1];
  if (parameter !== undefined) throw parameterWithoutValue(parameter);
  const near =
    parsed.position === null
      ? ''
      : ` (at ${JSON.stringify(
          Array.from(text)
            .slice(parsed.position, parsed.position + 30)
            .join(''),
        )})`;
  throw refuse(
    `PostgreSQL cannot read this statement: ${parsed.message}${near}. Correct it and try again.`,
    'syntax error',
  );
}

/** 'UpdateStmt' -> 'UPDATE', 'CreateTableAsStmt' -> 'CREATE TABLE AS'. */
export const statementName = (kind: string): string =>
  kind
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
