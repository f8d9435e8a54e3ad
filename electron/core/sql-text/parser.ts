import type { Json } from './tree.ts';

export interface ParsedStatement {
  readonly stmt?: Json;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

export type Parsed =
  | { readonly ok: true; readonly statements: readonly ParsedStatement[] }
  | { readonly ok: false; readonly message: string; readonly position: number | null };

/** PostgreSQL's own parser (libpg_query as WASM); a syntax error is a value, anything else is a bug. */
export async function parse(text: string): Promise<Parsed> {
  // libpg_query answers an empty text with an error of its own kind.
  if (text.trim() === '') return { ok: true, statements: [] };
  if (text.includes('\0')) return { ok: false, message: 'a zero byte in the text', position: null };
  // Loaded with the first statement that is read: it is a megabyte of WebAssembly, and a start reads none.
  const { parse: parseSql } = await import('pgsql-parser');
  try {
    const { stmts } = (await parseSql(text)) as { stmts?: readonly ParsedStatement[] };
    return { ok: true, statements: stmts ?? [] };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SqlError') throw error;
    const details = 'sqlDetails' in error ? (error.sqlDetails as { cursorPosition?: number } | undefined) : undefined;
    return { ok: false, message: error.message, position: details?.cursorPosition ?? null };
  }
}
