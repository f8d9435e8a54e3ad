import { list, text, walk, type Json } from '../../../sql-text/tree.ts';
import { functionName } from './nodes.ts';

const clockFunctions: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp']);
const sessionFunctions: ReadonlySet<string> = new Set(['current_setting', 'current_schemas', 'pg_backend_pid']);

/**
 * Words whose value belongs to the moment and the session of whoever asks: 'current_date', 'now()', 'current_user'. A
 * read model that held one would answer another question with every day.
 */
export function readersWords(node: Json | undefined): readonly string[] {
  const found = new Set<string>();
  walk(node, (kind, fields) => {
    if (kind === 'SQLValueFunction') found.add(valueWord(text(fields['op'])));
    const name = kind === 'FuncCall' ? functionName(fields) : null;
    if (name === null) return;
    const ofToday = name === 'age' && list(fields['args']).length === 1;
    if (clockFunctions.has(name) || sessionFunctions.has(name) || ofToday) found.add(`${name}()`);
  });
  return [...found];
}

/** 'SVFOP_CURRENT_TIMESTAMP_N' -> 'current_timestamp'. */
export const valueWord = (op: string): string =>
  op
    .replace(/^SVFOP_/, '')
    .replace(/_N$/, '')
    .toLowerCase();
