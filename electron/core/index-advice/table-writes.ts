import type { StoredDeltas, StoredStatement } from '../history/history.ts';
import { readComparisons } from '../sql-text/comparisons.ts';
import { readStatements } from '../sql-text/statement.ts';

/** What was written to a table, an hour, as the history has it. */
export interface TableWrites {
  readonly insertedPerHour: number;
  readonly updatedPerHour: number;
  readonly deletedPerHour: number;
  /** Columns that some UPDATE sets. */
  readonly updatedColumns: ReadonlySet<string>;
}

/** A shorter history says nothing about an hour. */
const leastHours = 1 / 6;

/**
 * Writes by table name, as the statements write it (`schema.table`, or the bare name); null without enough history.
 * Foreign keys that cascade and triggers are not in it.
 */
export async function tableWrites(
  statements: readonly StoredStatement[],
  deltas: readonly StoredDeltas[],
): Promise<ReadonlyMap<string, TableWrites> | null> {
  const hours = deltas.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / 3_600_000;
  if (hours < leastHours) return null;
  const rows = new Map<string, number>();
  for (const { deltas: changes } of deltas) {
    for (const { statementId, counters } of changes) {
      rows.set(statementId, (rows.get(statementId) ?? 0) + counters.rows);
    }
  }
  const writes = new Map<string, { inserted: number; updated: number; deleted: number; columns: Set<string> }>();
  for (const { statementId, text, key } of statements) {
    const written = rows.get(statementId) ?? 0;
    // Nested statements are counted with the one that calls them, too.
    if (text === null || written === 0 || key?.toplevel === false || !/\b(insert|update|delete|merge)\b/i.test(text))
      continue;
    const read = await readStatements(text);
    const [statement] = read.ok ? read.statements : [];
    if (statement === undefined || !['InsertStmt', 'UpdateStmt', 'DeleteStmt'].includes(statement.kind)) continue;
    const { target, assigned } = readComparisons(statement.tree);
    if (target === null) continue;
    const name = target.schema === null ? target.name : `${target.schema}.${target.name}`;
    const found = writes.get(name) ?? { inserted: 0, updated: 0, deleted: 0, columns: new Set<string>() };
    writes.set(name, found);
    if (statement.kind === 'InsertStmt') found.inserted += written;
    if (statement.kind === 'UpdateStmt') found.updated += written;
    if (statement.kind === 'DeleteStmt') found.deleted += written;
    for (const { column } of assigned) found.columns.add(column);
  }
  return new Map(
    [...writes].map(([name, { inserted, updated, deleted, columns }]) => [
      name,
      {
        insertedPerHour: inserted / hours,
        updatedPerHour: updated / hours,
        deletedPerHour: deleted / hours,
        updatedColumns: columns,
      },
    ]),
  );
}
