import type { MissingValue, RestoredValue } from '../../../shared/model/explain.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { requireOwnDatabase } from '../explain/explain-service.ts';
import { prepareStatement } from '../explain/plan-statement.ts';
import { sampledTexts } from '../explain/sampled-texts.ts';
import type { History, StoredStatement } from '../history/history.ts';
import { readCurrentSearchPath } from '../postgres/queries/planner-search-path.ts';
import type { Server } from '../postgres/session.ts';

export interface RestoredStatement {
  /** Runs as it stands: every parameter has a constant. */
  readonly text: string;
  readonly values: readonly RestoredValue[];
  /** In which its tables are found, as for the role that runs it. */
  readonly searchPath: string;
}

/**
 * A stored statement with its constants, for a definition. Only what was sent counts, and what the person says: a value
 * that is merely common would define a read model that nobody asked for. Throws `statement_refused` with the values
 * that are missing in `detail`, for statements of another database, and for what is no query.
 */
export async function restoreStatement(
  { server, history }: { readonly server: Server; readonly history: History },
  statement: StoredStatement,
  values: Readonly<Record<string, string>> = {},
): Promise<RestoredStatement> {
  requireOwnDatabase(server, statement);
  const samples = await sampledTexts(history, server.serverId, statement);
  const { versionNumber } = server.facts;
  const { prepared, searchPath } = await server.withExplain((session) =>
    session.rolledBack('read only', async (sql) => ({
      prepared: await prepareStatement(sql, statement, samples, versionNumber, { values, typicalValues: false }),
      searchPath: await readCurrentSearchPath(sql),
    })),
  );
  if (prepared.missing.length > 0) throw valuesMissing(prepared.missing);
  return { text: prepared.sql, values: prepared.values, searchPath };
}

function valuesMissing(missing: readonly MissingValue[]): Failure {
  const named = missing.map(({ name, context }) => (context === name ? name : `${name} in ${context}`)).join('; ');
  return new Failure({
    code: 'statement_refused',
    message: `The statistics keep this statement without its constants, and no sample shows the values of ${named}. Give them, or paste the SELECT with its constants.`,
    detail: { construct: missing[0]?.name ?? '$1', missing: [...missing] },
  });
}
