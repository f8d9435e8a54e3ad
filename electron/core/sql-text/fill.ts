import type { Parameter, ParsedText } from './statement.ts';

const plainString = /^[eE]?'(?:[^'\\]|''|\\.)*'$/s;
/** Words that may follow `interval '...'`. */
const intervalFields =
  /^\s*(?:year|month|day|hour|minute|second)(?:\s*\(\s*\d+\s*\))?(?:\s+to\s+(?:month|hour|minute|second)(?:\s*\(\s*\d+\s*\))?)?(?![\w$])/i;

export interface FillOptions {
  /** Number of a parameter -> SQL text of its literal. */
  readonly literals: ReadonlyMap<number, string>;
  /** Number -> number of the parameter that stands for it; see `unifyParameters`. */
  readonly unified: ReadonlyMap<number, number>;
  /** Number of a parameter that has no literal -> type to cast it to. */
  readonly types?: ReadonlyMap<number, string>;
  /** server_version_num: `extract` is a function of that name from 14 on. */
  readonly versionNumber: number;
}

/**
 * The statement with literals in place of the parameters that are known. The others stay parameters under their own
 * number, and what cannot hold one is written another way: `interval $1` becomes `cast($1 as interval)`.
 */
export function fill(statement: ParsedText, options: FillOptions): string {
  const bytes = Buffer.from(statement.text, 'utf8');
  const slice = (from: number, to: number) => bytes.subarray(from, to).toString('utf8');
  const parts: string[] = [];
  let done = 0;
  for (const parameter of statement.parameters) {
    const { fromAt, toAt, sql } = replacement(parameter, slice, bytes.length, options);
    if (fromAt < done) continue;
    parts.push(slice(done, fromAt), sql);
    done = toAt;
  }
  return [...parts, slice(done, bytes.length)].join('');
}

interface Replacement {
  readonly fromAt: number;
  readonly toAt: number;
  readonly sql: string;
}

function replacement(
  parameter: Parameter,
  slice: (from: number, to: number) => string,
  length: number,
  { literals, unified, types, versionNumber }: FillOptions,
): Replacement {
  const { at, endAt, slot, slotAt } = parameter;
  const literal = literals.get(parameter.number);
  const type = types?.get(parameter.number);
  const open = `$${unified.get(parameter.number) ?? parameter.number}${type === undefined ? '' : `::${type}`}`;
  const sql = literal === undefined ? open : guarded(literal);
  if (slot === 'value' || (literal !== undefined && plainString.test(literal))) {
    return { fromAt: at, toAt: endAt, sql };
  }
  if (slot === 'typed') {
    const written = slice(slotAt, at).trim();
    const fields = /^interval\b/i.test(written) ? (intervalFields.exec(slice(endAt, length))?.[0] ?? '') : '';
    return { fromAt: slotAt, toAt: endAt + Buffer.byteLength(fields), sql: `cast(${sql} as ${written}${fields})` };
  }
  // extract($1 from d) -> pg_catalog.extract($1, d); the closing parenthesis stays where it is.
  const from = /^\s*from\b/i.exec(slice(endAt, length))?.[0];
  if (from === undefined) throw new Error('extract has a FROM');
  const name = versionNumber >= 140_000 ? 'pg_catalog."extract"' : 'pg_catalog.date_part';
  return { fromAt: slotAt, toAt: endAt + Buffer.byteLength(from), sql: `${name}(${sql},` };
}

/** `x -$1` with -5 would begin a comment. */
const guarded = (literal: string): string => (literal.startsWith('-') ? `(${literal})` : literal);
