import { parse } from './parser.ts';
import { isList, isObject, list, number, unwrap, walk, type Json, type JsonObject } from './tree.ts';

/** One `$n` in a statement. Offsets are bytes of the text in UTF-8. */
export interface Parameter {
  readonly number: number;
  readonly at: number;
  readonly endAt: number;
  /**
   * value: any expression may stand there. typed: the grammar wants a string, a type before it (`interval $1`, `date $1`).
   * field: the same of `extract($1 from d)`.
   */
  readonly slot: 'value' | 'typed' | 'field';
  /** Where the type's name begins, for `typed`; where the call begins, for `field`. */
  readonly slotAt: number;
  /** PostgreSQL 18 writes `in ($1 /*, ... *\/)` for a list of any length. */
  readonly squashed: boolean;
}

/** One statement with its tree. */
export interface ParsedText {
  readonly text: string;
  /** 'SelectStmt', 'UpdateStmt' ... */
  readonly kind: string;
  /** The node with its kind: `{SelectStmt: {...}}`. Locations are byte offsets into `text`. */
  readonly tree: JsonObject;
  /** In the order of the text. */
  readonly parameters: readonly Parameter[];
  /** What stood around the statement that is planned: DECLARE CURSOR, COPY, CREATE TABLE AS, EXPLAIN; null: nothing. */
  readonly unwrappedFrom: string | null;
}

export type Read =
  { readonly ok: true; readonly statements: readonly ParsedText[] } | { readonly ok: false; readonly message: string };

/** Longer texts are generated lists, and parsing stops everything else: 1 MB took 0.3 s and 300 MB, 7 MB 1.8 s. */
export const maxTextBytes = 1024 * 1024;

/**
 * Parses a text as PostgreSQL 18 does; also a normalized one, since this parser takes `$n` wherever a constant may
 * stand. What DECLARE CURSOR, COPY (...) TO, CREATE TABLE AS, EXPLAIN and PREPARE wrap is taken out of its wrapper.
 */
export async function readStatements(text: string): Promise<Read> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > maxTextBytes) return { ok: false, message: `a text of ${bytes.length} bytes is too long` };
  const parsed = await parse(text);
  if (!parsed.ok) return parsed;
  const statements: ParsedText[] = [];
  for (const { stmt_location: start = 0, stmt_len: length = 0 } of parsed.statements) {
    const own = bytes
      .subarray(start, length === 0 ? bytes.length : start + length)
      .toString('utf8')
      .trim();
    const statement = await readOne(own, null);
    if (statement === null) return { ok: false, message: 'a part of the text cannot be read by itself' };
    statements.push(statement);
  }
  return { ok: true, statements };
}

async function readOne(own: string, unwrappedFrom: string | null): Promise<ParsedText | null> {
  // On its own once more, so that locations count from its first byte.
  const parsed = await parse(own);
  const tree = parsed.ok ? parsed.statements[0]?.stmt : undefined;
  if (!isObject(tree)) return null;
  const [kind = ''] = Object.keys(tree);
  const wrapped = wrappedQuery(tree, kind);
  if (wrapped !== null && unwrappedFrom === null) {
    const inner = await deparseNode(wrapped);
    return inner === null ? null : readOne(inner, kind);
  }
  return { text: own, kind, tree, parameters: parametersOf(tree, Buffer.from(own, 'utf8')), unwrappedFrom };
}

function wrappedQuery(tree: JsonObject, kind: string): JsonObject | null {
  const wrappers = ['DeclareCursorStmt', 'CopyStmt', 'CreateTableAsStmt', 'ExplainStmt', 'PrepareStmt'];
  const query = wrappers.includes(kind) ? unwrap(tree, kind)?.['query'] : undefined;
  return isObject(query) ? query : null;
}

/** The text of a node, or null where the deparser does not know its kind (JSON_VALUE and its like). */
export async function deparseNode(node: JsonObject): Promise<string | null> {
  const { deparse } = await import('pgsql-parser');
  try {
    return await deparse(node as unknown as Parameters<typeof deparse>[0], { pretty: false });
  } catch {
    return null;
  }
}

function parametersOf(tree: Json, bytes: Buffer): Parameter[] {
  const found = new Map<number, Parameter>();
  const add = (node: Json | undefined, slot: Parameter['slot'], slotAt: number): void => {
    const reference = unwrap(node, 'ParamRef');
    if (reference === null) return;
    const at = number(reference['location']);
    // A row that is assigned stands in the tree once for each of its columns. The first, most exact find counts.
    if (found.has(at)) return;
    const name = /^\$(\d+)/.exec(bytes.subarray(at, at + 12).toString('latin1'));
    if (name === null) throw new Error('a parameter stands where the parser says');
    const after = bytes.subarray(at + name[0].length, at + name[0].length + 20).toString('latin1');
    const squash = /^\s*\/\*, \.\.\. \*\//.exec(after)?.[0] ?? '';
    found.set(at, {
      number: Number(name[1]),
      at,
      endAt: at + name[0].length + squash.length,
      slot,
      slotAt,
      squashed: squash !== '',
    });
  };
  walk(tree, (kind, fields) => {
    if (kind === 'TypeCast' && isObject(fields['typeName'])) {
      const typeAt = number(fields['typeName']['location']);
      const parameterAt = number(unwrap(fields['arg'], 'ParamRef')?.['location']);
      if (typeAt < parameterAt && isPrefixType(bytes, typeAt, parameterAt)) add(fields['arg'], 'typed', typeAt);
    }
    if (kind === 'FuncCall' && fields['funcformat'] === 'COERCE_SQL_SYNTAX' && isExtract(fields)) {
      add(list(fields['args'])[0], 'field', number(fields['location']));
    }
    if (kind === 'ParamRef') add({ ParamRef: fields }, 'value', 0);
  });
  return [...found.values()].toSorted((a, b) => a.at - b.at);
}

/** `interval $1` and not `cast($1 as interval)`, whose type stands behind. */
const isPrefixType = (bytes: Buffer, typeAt: number, parameterAt: number): boolean =>
  !/^cast\s*\(/i.test(bytes.subarray(typeAt, parameterAt).toString('latin1'));

const isExtract = (call: JsonObject): boolean => {
  const [name] = list(call['funcname']).slice(-1);
  return unwrap(name, 'String')?.['sval'] === 'extract';
};

/** What `key` of the tree's only statement holds, or null where it is a list or missing. */
export const bodyOf = ({ tree, kind }: ParsedText): JsonObject => {
  const body = tree[kind];
  if (!isObject(body) || isList(body)) throw new Error('a statement has a body');
  return body;
};
