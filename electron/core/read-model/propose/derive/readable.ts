import { Failure, isFailure } from '../../../../../shared/model/failure.ts';
import { bodyOf, readStatements } from '../../../sql-text/statement.ts';
import { isList, isObject, list, strings, walk, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { analyseSelect } from '../analyse-select.ts';
import { parseSelect } from '../parse-select.ts';
import { aggregatesIn } from './aggregates.ts';
import { NotDerivable, refused } from './derivation.ts';

/** PostgreSQL's own functions that answer differently each time, or change something. */
const volatile: ReadonlySet<string> = new Set(
  (
    'random random_normal setseed nextval setval currval lastval clock_timestamp timeofday gen_random_uuid uuidv4 ' +
    'uuidv7 pg_sleep pg_sleep_for pg_sleep_until txid_current pg_current_xact_id pg_advisory_lock ' +
    'pg_advisory_xact_lock pg_try_advisory_lock pg_notify set_config dblink'
  ).split(' '),
);

const changes: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
};

export interface ReadSelect {
  readonly tree: JsonObject;
  /** Parameters that stand for a whole list: `in ($1 /*, ... *\/)`. */
  readonly squashed: ReadonlySet<number>;
}

/** The only SELECT in a text. Throws `NotDerivable` for anything that does more than read, or not the same twice. */
export async function readSelect(text: string): Promise<ReadSelect> {
  const read = await readStatements(text);
  if (!read.ok) {
    throw refused(
      'syntax error',
      `PostgreSQL cannot read the statement: ${read.message}.`,
      'Correct it and try again.',
    );
  }
  const [statement, ...others] = read.statements;
  if (statement === undefined || others.length > 0) {
    throw refused(
      'several statements',
      `The text holds ${read.statements.length} statements, and a read model answers exactly one.`,
      'Give one SELECT.',
    );
  }
  if (statement.kind !== 'SelectStmt') {
    const name = changes[statement.kind] ?? statement.kind.replace(/Stmt$/, '').toUpperCase();
    throw refused(name, `This is ${name}; only a SELECT can be read from a read model.`, 'Give one SELECT.');
  }
  refuseMoreThanReading(statement.tree);
  const squashed = statement.parameters.filter((parameter) => parameter.squashed).map(({ number }) => number);
  return { tree: bodyOf(statement), squashed: new Set(squashed) };
}

/** Throws `statement_refused` for a text that is not one SELECT, or does more than read: a proof runs it. */
export async function requireReadsOnly(text: string): Promise<void> {
  try {
    await readSelect(text);
  } catch (error) {
    if (!(error instanceof NotDerivable)) throw error;
    const { construct, why, whatToDo } = error.refusal;
    throw new Failure({
      code: 'statement_refused',
      message: `${construct}: ${why} ${whatToDo}`,
      detail: { construct },
    });
  }
}

function refuseMoreThanReading(tree: Json): void {
  walk(tree, (kind, fields) => {
    const change = changes[kind];
    if (change !== undefined) throw refused(change, `A CTE with ${change} changes data.`, 'Leave it out.');
    if (kind === 'FuncCall') {
      const name = strings(fields['funcname']).at(-1) ?? '';
      if (volatile.has(name)) {
        throw refused(`${name}()`, `${name}() answers differently each time, or changes something.`, 'Leave it out.');
      }
    }
    if (kind === 'SelectStmt') refuseClauses(fields);
  });
}

function refuseClauses(select: JsonObject): void {
  // Arms of a set operation stand without their kind.
  for (const arm of [select['larg'], select['rarg']]) if (isObject(arm)) refuseClauses(arm);
  if (isList(select['lockingClause'])) {
    throw refused(
      'FOR UPDATE',
      'FOR UPDATE and FOR SHARE lock rows, and a read model has none of them.',
      'Leave it out.',
    );
  }
  if (isObject(select['intoClause'])) {
    throw refused('SELECT INTO', 'SELECT INTO creates a table.', 'Leave INTO out.');
  }
  const limited = select['limitCount'] !== undefined || select['limitOffset'] !== undefined;
  const oneRow = list(select['groupClause']).length === 0 && isOneAggregate(select);
  if (limited && !isList(select['sortClause']) && !oneRow) throw leftToChance();
  const on = list(select['distinctClause']).some((item) => isObject(item) && Object.keys(item).length > 0);
  if (on) {
    throw refused(
      'DISTINCT ON',
      'Which of several rows DISTINCT ON keeps is left to chance unless its ORDER BY decides every tie.',
      'Write the definition by hand.',
    );
  }
}

const leftToChance = (): NotDerivable =>
  refused(
    'LIMIT without ORDER BY',
    'Which rows it takes is left to chance, so no read model can return the same.',
    'Add an ORDER BY, or leave LIMIT out.',
  );

const isOneAggregate = (select: JsonObject): boolean => aggregatesIn(select['targetList']).size > 0;

/** The last look at a definition that was made: a SELECT that anybody may refresh at any time, with the same rows. */
export async function requireDefinition(definitionSql: string): Promise<void> {
  try {
    const { clock, session, limitWithoutOrder } = analyseSelect(await parseSelect(definitionSql));
    const [word] = [...clock, ...session];
    if (word !== undefined) throw wordInside(word);
    if (limitWithoutOrder) throw leftToChance();
  } catch (error) {
    if (!isFailure(error) || error.value.code !== 'statement_refused') throw error;
    throw refused(
      String(error.value.detail?.['construct'] ?? 'the definition'),
      error.value.message,
      'Write the definition by hand.',
    );
  }
}

export const wordInside = (word: string): NotDerivable =>
  refused(
    word,
    `${word} stands where it decides what the read model would hold, so the model would be wrong a day later with no row changed.`,
    'Keep the date or the name as a column and compare it when reading.',
  );
