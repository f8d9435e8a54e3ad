import { planPrepared, prepareStatement } from '../explain/plan-statement.ts';
import { planNodes, planTree } from '../explain/plan-tree.ts';
import type { StoredStatement } from '../history/history.ts';
import type { ExplainSession } from '../postgres/session.ts';
import { readComparisons } from '../sql-text/comparisons.ts';
import { readStatements } from '../sql-text/statement.ts';

/** What a statement needs of the indexes. */
export interface IndexUse {
  /** `schema.index`. */
  readonly indexes: readonly string[];
  /**
   * Tables (`schema.table`) that its plan reads whole, with the columns that it compares there: on more rows, or with
   * another value, the planner may turn to an index that begins with one of them.
   */
  readonly scanned: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** Tables that it deletes from, as written: the foreign keys that point to them are looked up. */
  readonly deletesFrom: readonly string[];
}

/** Plans one statement. Throws `Failure` where it cannot be planned. */
export async function indexUse(
  session: ExplainSession,
  statement: StoredStatement,
  samples: readonly string[],
  versionNumber: number,
): Promise<IndexUse> {
  return session.rolledBack('read only', async (sql) => {
    const prepared = await prepareStatement(sql, statement, samples, versionNumber, { typicalValues: false });
    const { document } = await planPrepared(sql, prepared, versionNumber, false);
    const nodes = [...planNodes(planTree(document).root)];
    const indexes = nodes.flatMap(({ index, relation }) =>
      index === null ? [] : [`${relation?.split('.')[0] ?? ''}.${index}`],
    );
    const { comparisons, target } = readComparisons(prepared.statement.tree);
    const whole = nodes.flatMap(({ nodeType, relation }) =>
      nodeType.endsWith('Seq Scan') && relation !== null ? [relation] : [],
    );
    const columnsOf = (relation: string) =>
      comparisons.flatMap(({ column, required, operator }) =>
        required && operator !== 'assigned' && column.scope.some(({ name }) => relation.endsWith(`.${name}`))
          ? [column.column]
          : [],
      );
    return {
      indexes: [...new Set(indexes)],
      scanned: [...new Set(whole)].map((table) => ({ table, columns: [...new Set(columnsOf(table))] })),
      deletesFrom: prepared.statement.kind === 'DeleteStmt' && target !== null ? [target.name] : [],
    };
  });
}

/** Tables that a text names, for a statement that cannot be planned; null where it cannot even be read. */
export async function namedTables(text: string): Promise<readonly string[] | null> {
  const read = await readStatements(text);
  if (!read.ok) return null;
  return [...new Set(read.statements.flatMap(({ tree }) => readComparisons(tree).tables.map(({ name }) => name)))];
}
