import { parse } from '../../../sql-text/parser.ts';
import { readStatements } from '../../../sql-text/statement.ts';
import { list, unwrap, walk, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { unifyParameters } from '../../../sql-text/unify.ts';
import { NotDerivable } from './derivation.ts';
import { replaceNodes } from './nodes.ts';

/** Numbers of the parameters in a node, each once. */
export function parametersIn(node: Json | undefined): readonly number[] {
  const found = new Set<number>();
  walk(node, (kind, fields) => {
    if (kind === 'ParamRef') found.add(Number(fields['number']));
  });
  return [...found];
}

export interface Unified {
  readonly tree: JsonObject;
  /** The number under which a parameter stands in `tree`. */
  readonly rootOf: (number: number) => number;
  readonly known: ReadonlyMap<number, string>;
}

/**
 * One number for all parameters that stood for one constant. Values that any of them is known to have hold for the
 * others. Where such a constant still stands in the text, it stands in all its places.
 */
export async function unified(tree: JsonObject, known: ReadonlyMap<number, string>): Promise<Unified> {
  const { roots, literals } = unifyParameters({ SelectStmt: tree });
  const rootOf = (number: number): number => roots.get(number) ?? number;
  const all = new Map<number, string>();
  for (const [number, literal] of [...known, ...literals]) {
    const root = rootOf(number);
    if (!all.has(root)) all.set(root, literal);
  }
  const renumbered = replaceNodes(tree, (node) => {
    const number = parameterNumber(node);
    const root = number === null ? undefined : roots.get(number);
    return root === undefined ? undefined : [{ ParamRef: { number: root } }];
  });
  const standing = new Map([...literals].map(([number, literal]) => [rootOf(number), literal]));
  return { tree: await withLiterals(renumbered as JsonObject, standing), known: all, rootOf };
}

/** The tree with these parameters' literals in their places; `$1 /*, ... *\/` may become several. */
export async function withLiterals(tree: JsonObject, literals: ReadonlyMap<number, string>): Promise<JsonObject> {
  const nodes = new Map<number, readonly Json[]>();
  for (const [number, literal] of literals) nodes.set(number, await literalNodes(number, literal));
  return replaceNodes(tree, (node) => {
    const number = parameterNumber(node);
    return number === null ? undefined : nodes.get(number);
  }) as JsonObject;
}

/**
 * `in ($1)` of PostgreSQL 18's normalized texts stands for a list of any length. The mark of it is no part of the tree,
 * so it is put back.
 */
export async function withListMarks(sql: string, squashed: ReadonlySet<number>): Promise<string> {
  if (squashed.size === 0) return sql;
  const read = await readStatements(sql);
  const [statement] = read.ok ? read.statements : [];
  let bytes = Buffer.from(sql, 'utf8');
  for (const { number, endAt } of (statement?.parameters ?? []).toReversed()) {
    if (!squashed.has(number)) continue;
    bytes = Buffer.concat([bytes.subarray(0, endAt), Buffer.from(' /*, ... */'), bytes.subarray(endAt)]);
  }
  return bytes.toString('utf8');
}

async function literalNodes(number: number, literal: string): Promise<readonly Json[]> {
  const read = await parse(`select ${literal}`);
  const [statement] = read.ok ? read.statements : [];
  const values = list(unwrap(statement?.stmt, 'SelectStmt')?.['targetList']).flatMap((target) => {
    const value = unwrap(target, 'ResTarget')?.['val'];
    return value === undefined ? [] : [value];
  });
  if (values.length > 0 && parametersIn(values).length === 0) return values;
  throw new NotDerivable({
    construct: `$${number}`,
    why: `The value that is known of it (${literal}) is no SQL literal.`,
    whatToDo: 'Give the value as a literal.',
  });
}

export function parameterNumber(node: JsonObject): number | null {
  const reference = unwrap(node, 'ParamRef');
  return reference === null ? null : Number(reference['number']);
}

/** A parameter whose value the definition needs, and nobody knows. */
export const unknownValue = (number: number, where: string): NotDerivable =>
  new NotDerivable({
    construct: `$${number}`,
    why: `$${number} stands ${where}, where it decides what the read model holds, and its value is not known.`,
    whatToDo: `Give the value of $${number}; the read model then keeps it.`,
  });
