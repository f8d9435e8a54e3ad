import type { MissingValue, RestoredValue } from '../../../shared/model/explain.ts';
import type { ParameterSet } from '../../../shared/model/proof.ts';
import { requireOwnDatabase } from '../explain/explain-service.ts';
import { prepareStatement } from '../explain/plan-statement.ts';
import { sampledTexts } from '../explain/sampled-texts.ts';
import type { History, StoredStatement } from '../history/history.ts';
import { readCurrentSearchPath, readSampleBytes } from '../postgres/queries/planner-search-path.ts';
import type { Server } from '../postgres/session.ts';
import { sampledSets } from './prove/sampled-sets.ts';

export interface RestoredStatement {
  /** Normalized, with `$n` for its constants. */
  readonly text: string;
  readonly values: readonly RestoredValue[];
  /** Constants that nobody knows. */
  readonly missing: readonly MissingValue[];
  /** In which its tables are found, as for the role that runs it. */
  readonly searchPath: string;
  /** To prove with; see `sampledSets`. */
  readonly parameterSets: readonly ParameterSet[];
}

/**
 * A stored statement with what is known of its constants. For a definition only what was sent counts, and what the
 * person says: a value that is merely common would define a read model that nobody asked for. Throws
 * `statement_refused` for statements of another database, and for what is no query.
 */
export async function restoreStatement(
  { server, history }: { readonly server: Server; readonly history: History },
  statement: StoredStatement,
  values: Readonly<Record<string, string>> = {},
): Promise<RestoredStatement> {
  requireOwnDatabase(server, statement);
  const samples = await sampledTexts(history, server.serverId, statement);
  const { versionNumber } = server.facts;
  return server.withExplain((session) =>
    session.rolledBack('read only', async (sql) => {
      const prepared = await prepareStatement(sql, statement, samples, versionNumber, { values, typicalValues: false });
      const known = new Map(prepared.values.map(({ name, literal }) => [Number(name.slice(1)), literal]));
      return {
        text: prepared.statement.text,
        values: prepared.values,
        missing: prepared.missing,
        searchPath: await readCurrentSearchPath(sql),
        parameterSets: await sampledSets({
          sql,
          statement: prepared.statement,
          known,
          samples,
          sampleLimitBytes: await readSampleBytes(sql),
        }),
      };
    }),
  );
}
