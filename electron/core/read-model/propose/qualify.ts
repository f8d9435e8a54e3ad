import {
  findFunctions,
  findRelations,
  findTypes,
  type FoundFunction,
  type FoundRelation,
  type WrittenName,
} from '../../postgres/queries/catalog-definition.ts';
import { quoteIdent } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import type { CalledFunction, Placed, SelectAnalysis } from './analyse-select.ts';
import { refuse } from './parse-select.ts';

export interface Qualified {
  /** The text with a schema before every name that had none, otherwise as it was written. */
  readonly text: string;
  /** In the order of the text. */
  readonly relations: readonly FoundRelation[];
  /** Candidates for each call, by number of arguments. */
  readonly functions: readonly FoundFunction[];
  /** What was added, e.g. 'ar_invoice is erp.ar_invoice'. */
  readonly additions: readonly string[];
}

/**
 * Resolves names as the server does for this role and writes the schema into the text, byte for byte at the places
 * the parser gave: PostgreSQL 17 and later refresh with search_path = pg_catalog, pg_temp, and the text is run again
 * by sessions with another path. Throws `statement_refused` for a table that is not there or temporary.
 */
export async function qualify(sql: Sql, text: string, analysis: SelectAnalysis): Promise<Qualified> {
  const relations = await findRelations(sql, unique(analysis.relations));
  const candidates = await findFunctions(sql, unique(analysis.functions));
  const types = await findTypes(sql, unique(analysis.types.filter(({ schema }) => schema === null)));
  const insertions = new Map<number, string>();
  const additions = new Set<string>();
  const add = ({ at, name }: Placed, schema: string) => {
    if (schema === 'pg_catalog') return;
    insertions.set(at, `${quoteIdent(schema)}.`);
    additions.add(`${name} is ${quoteIdent(schema)}.${quoteIdent(name)}`);
  };

  for (const relation of analysis.relations) {
    const found = relations.find((one) => sameName(one, relation));
    if (found === undefined) {
      const written =
        relation.schema === null
          ? quoteIdent(relation.name)
          : `${quoteIdent(relation.schema)}.${quoteIdent(relation.name)}`;
      throw refuse(
        `There is no table or view ${written} that this role finds. Write its schema before its name, or check the spelling.`,
        written,
      );
    }
    if (found.temporary) {
      throw refuse(
        `${found.qualified} is a temporary table: it ends with its session. Read from a lasting table.`,
        found.qualified,
      );
    }
    if (relation.schema === null) add(relation, found.foundSchema);
  }
  const functions = new Set<FoundFunction>();
  for (const call of analysis.functions) {
    const fitting = candidatesOf(call, candidates);
    for (const candidate of fitting) functions.add(candidate);
    const schemas = new Set(fitting.map(({ foundSchema }) => foundSchema));
    const [schema] = schemas;
    // Overloads in several schemas: which one is meant depends on the types, so the text stays as it is.
    if (call.schema === null && schemas.size === 1 && schema !== undefined) add(call, schema);
  }
  for (const type of analysis.types) {
    const found = type.schema === null ? types.find(({ name }) => name === type.name) : undefined;
    if (found !== undefined) add(type, found.foundSchema);
  }
  const inOrder = analysis.relations
    .toSorted((one, other) => one.at - other.at)
    .flatMap((written) => relations.find((found) => sameName(found, written)) ?? []);
  return {
    text: insert(text, insertions),
    relations: uniqueRelations(inOrder),
    functions: [...functions],
    additions: [...additions].toSorted(),
  };
}

/** Functions that a call may mean: by name, and by number of arguments where some fit. */
export function candidatesOf(call: CalledFunction, candidates: readonly FoundFunction[]): FoundFunction[] {
  const named = candidates.filter((candidate) => sameName(candidate, call));
  const fitting = named.filter(
    ({ minArguments, maxArguments }) =>
      call.argumentCount >= minArguments && (maxArguments === null || call.argumentCount <= maxArguments),
  );
  return fitting.length > 0 ? fitting : named;
}

const sameName = (one: WrittenName, other: WrittenName): boolean =>
  one.name === other.name && one.schema === other.schema;

const uniqueRelations = (relations: readonly FoundRelation[]): FoundRelation[] => [
  ...new Map(relations.map((relation) => [relation.oid, relation])).values(),
];

function unique(names: readonly WrittenName[]): WrittenName[] {
  const seen = new Map(names.map(({ schema, name }) => [JSON.stringify([schema, name]), { schema, name }]));
  return [...seen.values()];
}

function insert(text: string, insertions: ReadonlyMap<number, string>): string {
  const bytes = Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const [at, added] of [...insertions].toSorted(([a], [b]) => a - b)) {
    parts.push(bytes.subarray(from, at), Buffer.from(added, 'utf8'));
    from = at;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8');
}
