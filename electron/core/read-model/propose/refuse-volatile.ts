import {
  findFunctions,
  findRelations,
  type FoundFunction,
  type FoundRelation,
} from '../../postgres/queries/catalog-definition.ts';
import type { Sql } from '../../postgres/session.ts';
import { analyseSelect } from './analyse-select.ts';
import { parseSelect, refuse } from './parse-select.ts';
import { candidatesOf } from './qualify.ts';

/** Views over views deeper than this are no longer looked into; PostgreSQL itself gives up much later. */
const deepest = 20;

/**
 * Throws `statement_refused` for a function that PostgreSQL calls volatile: it may write, or give another answer for
 * each row. Which overload is meant is not known here, so one volatile candidate is enough.
 */
export function refuseVolatile(functions: readonly FoundFunction[], where: string): void {
  const volatile = functions.find(({ volatility }) => volatility === 'v');
  if (volatile === undefined) return;
  const own = volatile.foundSchema !== 'pg_catalog';
  throw refuse(
    `${where} calls ${volatile.signature}, which is volatile: it may write, or answer differently each time. ${
      own
        ? `If it only reads, have its owner say so: alter function ${volatile.signature} stable.`
        : 'Leave it out of the definition.'
    }`,
    volatile.signature,
  );
}

/** What a definition reads in the end. */
export interface Reached {
  readonly relations: readonly FoundRelation[];
  /** Qualified names of tables and of the stable views of read models, which count as tables; sorted. */
  readonly baseTables: readonly string[];
}

/** Opens views up, but not those of read models. Throws `statement_refused` for a volatile function in a view. */
export async function openViews(sql: Sql, relations: readonly FoundRelation[]): Promise<Reached> {
  const reached = new Map(relations.map((relation) => [relation.oid, relation]));
  const opened = new Set<string>();
  let layer = relations;
  for (let depth = 0; layer.length > 0 && depth < deepest; depth += 1) {
    const next: FoundRelation[] = [];
    for (const { oid, viewSql, qualified } of layer) {
      if (viewSql === null) continue;
      const analysis = analyseSelect(await parseSelect(viewSql));
      const read = await findRelations(sql, analysis.relations);
      // A stable view takes its as_of from the registry; a role called daybreak sees that without its schema.
      if (read.some(({ foundSchema, name }) => foundSchema === 'daybreak' && name === 'copy')) continue;
      opened.add(oid);
      const candidates = await findFunctions(sql, analysis.functions);
      refuseVolatile(
        analysis.functions.flatMap((call) => candidatesOf(call, candidates)),
        `The view ${qualified}`,
      );
      for (const below of read) {
        if (reached.has(below.oid)) continue;
        reached.set(below.oid, below);
        next.push(below);
      }
    }
    layer = next;
  }
  const found = [...reached.values()];
  return {
    relations: found,
    baseTables: found
      .filter(({ oid }) => !opened.has(oid))
      .map(({ qualified }) => qualified)
      .toSorted(),
  };
}
