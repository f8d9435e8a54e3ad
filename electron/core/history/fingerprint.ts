import { createHash } from 'node:crypto';

/**
 * A hash of what a statement does, whatever constants it was sent with: 16 hexadecimal digits. White space, comments,
 * the case outside quotes, `$n`, literals and the length of lists of constants do not count. So the text that a
 * client sent, the text that pg_stat_statements normalized and PostgreSQL 18's squashed `in ($1 /*, ... *\/)` meet,
 * and it survives a queryid that changed (drop and recreate, an upgrade of the server).
 */
export function fingerprint(text: string): string {
  return createHash('sha256').update(canonicalText(text)).digest('hex').slice(0, 16);
}

/** The text that is hashed: tokens with one space between them, `?` for every constant. */
export function canonicalText(text: string): string {
  const tokens: string[] = [];
  let previousKind: Kind | null = null;
  for (const token of scan(text)) {
    const last = tokens.at(-1);
    if (token.kind === 'string' && previousKind === 'string') continue; // 'a' newline 'b' is one literal
    const constant =
      token.kind === 'string' ||
      token.kind === 'number' ||
      token.kind === 'parameter' ||
      (token.kind === 'word' && constantWords.has(token.text) && !isTest(tokens));
    // PostgreSQL folds the sign into the constant where no operand stands before it.
    if (token.kind === 'number' && last === '-' && !endsOperand(tokens.at(-2))) tokens.pop();
    tokens.push(constant ? '?' : token.text);
    previousKind = token.kind;
  }
  while (tokens.at(-1) === ';') tokens.pop();
  return tokens
    .join(' ')
    .replace(/\b(in) \( \?(?: , \?)* \)/g, '$1 ( ? )')
    .replace(/\b(array) \[ \?(?: , \?)* \]/g, '$1 [ ? ]')
    .replace(/\b(values) \( \?(?: , \?)* \)(?: , \( \?(?: , \?)* \))*/g, '$1 ( ? )');
}

type Kind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'operator' | 'punctuation';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

/** Constants that look like words; pg_stat_statements replaces them too, except in `is null`, `is not true` ... */
const constantWords = new Set(['null', 'true', 'false']);
const isTest = (tokens: readonly string[]): boolean =>
  tokens.at(-1) === 'is' || (tokens.at(-1) === 'not' && tokens.at(-2) === 'is');

/** Words after which a minus is a sign. After any other word it subtracts. */
const wordsBeforeOperand = new Set(
  (
    'select where and or not when then else case in between like ilike limit offset values return returning by set ' +
    'having on from distinct all any some as is using'
  ).split(' '),
);

function endsOperand(token: string | undefined): boolean {
  if (token === undefined) return false;
  if (token === ')' || token === ']' || token === '?') return true;
  return /^["a-z_\u0080-\uffff]/.test(token) && !wordsBeforeOperand.has(token);
}

// Sticky patterns, tried in this order. An unterminated string or comment ends with the text: samples are cut.
const space = /(?:\s+|--[^\n]*)+/y;
const patterns: readonly (readonly [Kind, RegExp])[] = [
  ['string', /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y],
  ['string', /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y],
  ['quoted', /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y],
  ['string', /\$([a-zA-Z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\1\$|$)/y],
  ['parameter', /\$\d+/y],
  ['number', /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y],
  ['word', /[a-zA-Z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['operator', /::|:=|[+\-*/<>=~!@#%^&|`?]+/y],
  ['punctuation', /[\s\S]/y],
];

function* scan(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    space.lastIndex = at;
    if (space.test(text)) {
      at = space.lastIndex;
      continue;
    }
    if (text.startsWith('/*', at)) {
      at = endOfComment(text, at);
      continue;
    }
    const token = tokenAt(text, at);
    yield { kind: token.kind, text: token.kind === 'word' ? token.text.toLowerCase() : token.text };
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && found !== '') return { kind, text: kind === 'operator' ? operatorOf(found) : found };
  }
  throw new Error('the last pattern takes any character');
}

/** PostgreSQL's rule: a comment ends an operator, and only one with a special character may end in + or -. */
function operatorOf(found: string): string {
  let operator = found;
  for (const comment of ['--', '/*']) {
    const start = operator.indexOf(comment);
    if (start > 0) operator = operator.slice(0, start);
  }
  while (operator.length > 1 && /[+-]$/.test(operator) && !/[~!@#%^&|`?]/.test(operator)) {
    operator = operator.slice(0, -1);
  }
  return operator;
}

/** Comments nest. */
function endOfComment(text: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}
