import { isFailure } from '../../../shared/model/failure.ts';
import type { Sibling } from '../../../shared/model/derivation.ts';
import type { History, StoredStatement } from '../history/history.ts';
import type { Server } from '../postgres/session.ts';
import { analyseSelect } from './propose/analyse-select.ts';
import { parseSelect } from './propose/parse-select.ts';
import { rewriteCulprit } from './propose/rewrite-culprit.ts';
import { restoreStatement } from './restore-origin.ts';

interface Sources {
  readonly server: Server;
  readonly history: History;
}

/** Each is restored and derived anew; a morning has a handful of culprits worth a read model. */
const mostCompared = 8;

/**
 * Other culprits with an open finding, whose read models would be made of the same tables: what one dashboard asks
 * about one business. Each gets a model of its own. Reads no row; who cannot be derived is left out.
 */
export async function siblingsOf(sources: Sources, statementId: string): Promise<Sibling[]> {
  const { server, history } = sources;
  const { serverId } = server;
  const own = (await history.samples.statementsById(serverId, [statementId]))[0];
  const shape = own === undefined ? null : await shapeOf(sources, own);
  if (own === undefined || shape === null) return [];
  const findings = (await history.openFindings.list(serverId))
    .filter(
      ({ dismissed, cure, fingerprint }) => !dismissed && cure === 'read_model' && fingerprint !== own.fingerprint,
    )
    .toSorted((a, b) => b.damageSeconds - a.damageSeconds)
    .slice(0, mostCompared);
  const stored = await history.samples.statementsById(
    serverId,
    findings.map(({ statement }) => statement.statementId),
  );
  const siblings: Sibling[] = [];
  for (const one of stored) {
    const other = await shapeOf(sources, one);
    if (other === null || one.text === null || other.tables !== shape.tables) continue;
    siblings.push({ statementId: one.statementId, text: one.text, sameGrain: other.grain === shape.grain });
  }
  return siblings;
}

interface Shape {
  readonly tables: string;
  readonly grain: string;
}

async function shapeOf({ server, history }: Sources, statement: StoredStatement): Promise<Shape | null> {
  if (statement.text === null) return null;
  try {
    const restored = await restoreStatement({ server, history }, statement);
    const { definitionSql, keyColumns } = await server.withReadonly((session) =>
      rewriteCulprit(session, restored, server.settings.readModelSchema),
    );
    const { relations } = analyseSelect(await parseSelect(definitionSql));
    return {
      tables: [...new Set(relations.map(({ name }) => name))].toSorted().join('\n'),
      grain: keyColumns.toSorted().join('\n'),
    };
  } catch (error) {
    if (isFailure(error) && error.value.code !== 'connection_lost') return null;
    throw error;
  }
}
