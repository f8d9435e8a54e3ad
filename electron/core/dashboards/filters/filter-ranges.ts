import { quoteIdent } from '../../postgres/quote.ts';
import type { ParsedSelect } from '../../read-model/propose/parse-select.ts';
import { meaning } from '../../sql-text/meaning.ts';
import { parse } from '../../sql-text/parser.ts';
import { deparseNode } from '../../sql-text/statement.ts';
import {
  isList,
  isObject,
  list,
  number,
  strings,
  text,
  unwrap,
  walk,
  type Json,
  type JsonObject,
} from '../../sql-text/tree.ts';

/** A relation in a FROM, by the byte where its name begins, and the condition that its rows have to meet. */
export interface FilteredRange {
  readonly at: number;
  readonly conditionSql: string;
}

/** A relation in a FROM as it was found there. */
interface Found {
  readonly at: number;
  readonly endAt: number;
  readonly written: string;
  readonly range: JsonObject;
  readonly subselect: JsonObject;
  readonly sql: string;
}

/**
 * The query over the rows that meet the conditions: `reporting.sales s` becomes
 * `(select * from reporting.sales where <condition>) s`, at every place, and the rest of the text stays as it was
 * written. What comes out is read again and compared with what was meant. Null where that cannot be written: ONLY,
 * TABLE, or names that would mean something else.
 */
export async function filterRanges(
  { text: sql, tree }: ParsedSelect,
  ranges: readonly FilteredRange[],
): Promise<string | null> {
  const bytes = Buffer.from(sql, 'utf8');
  const nodes = rangesOf(tree);
  const found: Found[] = [];
  for (const { at, conditionSql } of ranges) {
    const range = nodes.find((node) => number(node['location']) === at);
    const endAt = endOfName(bytes, at);
    if (range === undefined || endAt === null || range['inh'] !== true) return null;
    const written = bytes.subarray(at, endAt).toString('utf8');
    const select = `(select * from ${written} where ${conditionSql})`;
    const subselect = await subselectOf(select, range);
    if (subselect === null) return null;
    found.push({ at, endAt, written, range, subselect, sql: select });
  }
  const shortened = qualifiedReferences(tree, found);
  if (shortened === null || namesCollide(tree, found)) return null;
  const meant = replaced({ SelectStmt: tree }, found, shortened);
  const edits = [
    ...found.map(({ at, endAt, sql: select, range }) => ({
      at,
      endAt,
      by: isObject(range['alias']) ? select : `${select} as ${quoteIdent(text(range['relname']))}`,
    })),
    ...[...shortened].flatMap((at) => {
      const endAt = endOfSchema(bytes, at);
      return endAt === null ? [] : [{ at, endAt, by: '' }];
    }),
  ];
  for (const candidate of [edited(bytes, edits), await deparseNode(meant)]) {
    if (candidate !== null && (await means(candidate, meant))) return candidate;
  }
  return null;
}

async function means(sql: string, meant: JsonObject): Promise<boolean> {
  const parsed = await parse(sql);
  const [statement, ...more] = parsed.ok ? parsed.statements : [];
  return statement?.stmt !== undefined && more.length === 0 && meaning(statement.stmt) === meaning(meant);
}

function rangesOf(tree: JsonObject): JsonObject[] {
  const nodes: JsonObject[] = [];
  walk(tree, (kind, fields) => {
    if (kind === 'RangeVar') nodes.push(fields);
  });
  return nodes;
}

/** The select in parentheses as it stands in a FROM, under the alias that the relation had, or its own name. */
async function subselectOf(select: string, range: JsonObject): Promise<JsonObject | null> {
  const parsed = await parse(`select from ${select} as daybreak_alias`);
  const statement = parsed.ok ? unwrap(parsed.statements[0]?.stmt, 'SelectStmt') : null;
  const [item] = list(statement?.['fromClause']);
  const subselect = unwrap(item, 'RangeSubselect');
  if (subselect === null) return null;
  const alias = isObject(range['alias']) ? range['alias'] : { aliasname: text(range['relname']) };
  return { ...subselect, alias };
}

/**
 * Places of columns that are written with schema and table, `reporting.sales.region`: a select in a FROM has no schema.
 * Null where the table's bare name would mean another one.
 */
function qualifiedReferences(tree: JsonObject, found: readonly Found[]): ReadonlySet<number> | null {
  const places = new Set<number>();
  let ambiguous = false;
  const visible = visibleNames(tree);
  walk(tree, (kind, fields) => {
    if (kind !== 'ColumnRef' || list(fields['fields']).length !== 3) return;
    const [schema, name] = strings(fields['fields']);
    const ours = found.some(
      ({ range }) => !isObject(range['alias']) && range['schemaname'] === schema && range['relname'] === name,
    );
    if (!ours || name === undefined) return;
    places.add(number(fields['location']));
    ambiguous ||= (visible.get(name) ?? 0) > 1;
  });
  return ambiguous ? null : places;
}

/** How often each name stands for something in a FROM or a WITH. */
function visibleNames(tree: JsonObject): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const add = (name: string) => names.set(name, (names.get(name) ?? 0) + 1);
  walk(tree, (kind, fields) => {
    const alias = isObject(fields['alias']) ? text(fields['alias']['aliasname']) : '';
    if (kind === 'CommonTableExpr') add(text(fields['ctename']));
    else if (alias !== '') add(alias);
    else if (kind === 'RangeVar') add(text(fields['relname']));
  });
  return names;
}

/** Two tables of one name in different schemas may stand side by side in a FROM; a select and a table may not. */
const namesCollide = (tree: JsonObject, found: readonly Found[]): boolean =>
  fromClauses(tree).some((ranges) => {
    const unnamed = ranges.filter((range) => !isObject(range['alias']));
    return unnamed.some(
      (range) =>
        found.some(({ at }) => at === number(range['location'])) &&
        unnamed.some((other) => other !== range && other['relname'] === range['relname']),
    );
  });

/** The relations of each FROM, joins included. */
function fromClauses(tree: JsonObject): JsonObject[][] {
  const clauses: JsonObject[][] = [];
  const relationsOf = (item: Json | undefined): JsonObject[] => {
    const range = unwrap(item, 'RangeVar');
    const join = unwrap(item, 'JoinExpr');
    if (range !== null) return [range];
    return join === null ? [] : [...relationsOf(join['larg']), ...relationsOf(join['rarg'])];
  };
  const visit = (node: Json | undefined): void => {
    if (isList(node)) return node.forEach(visit);
    if (!isObject(node)) return;
    if (isList(node['fromClause'])) clauses.push(node['fromClause'].flatMap(relationsOf));
    Object.values(node).forEach(visit);
  };
  visit(tree);
  return clauses;
}

function replaced(node: JsonObject, found: readonly Found[], shortened: ReadonlySet<number>): JsonObject {
  const visit = (value: Json): Json => {
    if (isList(value)) return value.map(visit);
    if (!isObject(value)) return value;
    const range = unwrap(value, 'RangeVar');
    const subselect = found.find((one) => range !== null && number(range['location']) === one.at)?.subselect;
    if (subselect !== undefined) return { RangeSubselect: subselect };
    const reference = unwrap(value, 'ColumnRef');
    if (reference !== null && shortened.has(number(reference['location'])) && 'fields' in reference) {
      if (list(reference['fields']).length === 3) {
        return { ColumnRef: { ...reference, fields: list(reference['fields']).slice(1) } };
      }
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, child]) => (child === undefined ? [] : [[key, visit(child)]])),
    );
  };
  return visit(node) as JsonObject;
}

interface Edit {
  readonly at: number;
  readonly endAt: number;
  readonly by: string;
}

function edited(bytes: Buffer, edits: readonly Edit[]): string {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, endAt, by } of edits.toSorted((a, b) => a.at - b.at)) {
    parts.push(bytes.subarray(from, at), Buffer.from(by, 'utf8'));
    from = endAt;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8');
}

/** An identifier, and what may stand between it and a dot. Bytes from 128 on belong to identifiers. */
const identifier = '(?:"(?:[^"]|"")*"|[A-Za-z_\\x80-\\xff][\\w$\\x80-\\xff]*)';
const between = '(?:\\s|--[^\\n]*\\n|/\\*(?:[^*]|\\*(?!/))*\\*/)*';
const nameAt = new RegExp(`${identifier}(?:${between}\\.${between}${identifier})*`, 'y');
const schemaAt = new RegExp(`${identifier}${between}\\.${between}`, 'y');

const endOf = (pattern: RegExp, bytes: Buffer, at: number): number | null => {
  pattern.lastIndex = at;
  // One character for each byte, so that places in the text are bytes.
  return pattern.test(bytes.toString('latin1')) ? pattern.lastIndex : null;
};
const endOfName = (bytes: Buffer, at: number): number | null => endOf(nameAt, bytes, at);
const endOfSchema = (bytes: Buffer, at: number): number | null => endOf(schemaAt, bytes, at);
