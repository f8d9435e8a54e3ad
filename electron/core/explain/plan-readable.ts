import { isFailure } from '../../../shared/model/failure.ts';
import { dropPrepared } from '../postgres/queries/explain.ts';
import type { Sql } from '../postgres/session.ts';
import { bodyOf, deparseNode, readStatements } from '../sql-text/statement.ts';
import { list, text, type JsonObject } from '../sql-text/tree.ts';
import { planPrepared, type Planned, type Prepared } from './plan-statement.ts';

export interface ReadablePlan {
  /** What was planned: the statement, or the SELECT that finds its rows. */
  readonly prepared: Prepared;
  readonly planned: Planned;
}

const denied = '42501';

/**
 * Plans a statement as it is. A role that only reads may not even plan an UPDATE: for it the rows that UPDATE, DELETE
 * and SELECT FOR UPDATE look for are planned, where nearly all of their time and every index question lies.
 */
export async function planReadable(sql: Sql, prepared: Prepared, versionNumber: number): Promise<ReadablePlan> {
  const equivalent = await equivalentSelect(prepared);
  if (equivalent === null) return { prepared, planned: await planPrepared(sql, prepared, versionNumber, false) };
  await sql.query('savepoint daybreak_plan');
  try {
    return { prepared, planned: await planPrepared(sql, prepared, versionNumber, false) };
  } catch (error) {
    if (!isFailure(error) || error.value.sqlstate !== denied) throw error;
    await sql.query('rollback to savepoint daybreak_plan');
    await dropPrepared(sql);
    const readable: Prepared = {
      ...prepared,
      sql: equivalent.sql,
      missing: prepared.missing.filter(({ name }) => equivalent.parameters.has(Number(name.slice(1)))),
      notes: [
        ...prepared.notes,
        `This role may not ${equivalent.verb} (${error.value.message.replace(/\.$/, '')}), so the SELECT that finds the same rows was planned; what writing them costs is not in it. To plan the statement itself: grant ${equivalent.rights} on its table.`,
      ],
    };
    try {
      return { prepared: readable, planned: await planPrepared(sql, readable, versionNumber, false) };
    } catch (again) {
      // Not even reading is allowed: what is missing for the statement itself is the better answer.
      throw isFailure(again) && again.value.sqlstate === denied ? error : again;
    }
  }
}

/** What a role needs to plan a statement of this kind. */
export function rightsFor(kind: string): string {
  switch (kind) {
    case 'InsertStmt':
      return 'select, insert';
    case 'UpdateStmt':
      return 'select, update';
    case 'DeleteStmt':
      return 'select, delete';
    case 'MergeStmt':
      return 'select, insert, update, delete';
    default:
      return 'select';
  }
}

async function equivalentSelect({
  sql,
}: Prepared): Promise<{ sql: string; parameters: ReadonlySet<number>; verb: string; rights: string } | null> {
  const read = await readStatements(sql);
  const [statement] = read.ok ? read.statements : [];
  if (statement === undefined) return null;
  const { kind } = statement;
  const body = bodyOf(statement);
  let select: JsonObject;
  if (kind === 'UpdateStmt' || kind === 'DeleteStmt') select = rowsOf(body);
  else if (kind === 'SelectStmt' && list(body['lockingClause']).length > 0) select = { ...body, lockingClause: [] };
  else return null;
  const written = await deparseNode({ SelectStmt: select });
  const again = written === null ? null : await readStatements(written);
  const [found] = again?.ok === true ? again.statements : [];
  if (found === undefined) return null;
  return {
    sql: found.text,
    parameters: new Set(found.parameters.map(({ number }) => number)),
    verb: kind === 'UpdateStmt' ? 'update' : kind === 'DeleteStmt' ? 'delete' : 'lock rows',
    rights: kind === 'SelectStmt' ? 'select, update' : rightsFor(kind),
  };
}

/** By ctid, as a write finds rows: an index alone cannot answer it. */
function rowsOf(body: JsonObject): JsonObject {
  const relation = body['relation'] as JsonObject;
  const alias = relation['alias'] as JsonObject | undefined;
  const name = text(alias?.['aliasname'] ?? relation['relname']);
  const fields = [{ String: { sval: name } }, { String: { sval: 'ctid' } }];
  return {
    targetList: [{ ResTarget: { val: { ColumnRef: { fields } } } }],
    fromClause: [{ RangeVar: relation }, ...list(body['fromClause']), ...list(body['usingClause'])],
    ...(body['whereClause'] === undefined ? {} : { whereClause: body['whereClause'] }),
    ...(body['withClause'] === undefined ? {} : { withClause: body['withClause'] }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
}
