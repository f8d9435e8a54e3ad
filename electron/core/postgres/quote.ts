import { Failure } from '../../../shared/model/failure.ts';
import { keywords } from './keywords.ts';

/** Size of an identifier as the server counts it; from 64 bytes on it cuts the name without an error. */
export const identBytes = (name: string): number => Buffer.byteLength(name, 'utf8');

/** Bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1). */
export const maxIdentBytes = 63;

/**
 * An identifier as it may stand in SQL: quoted where the server's own `quote_ident` would, so that what people read
 * in a plan looks like what they would have typed. Throws `invalid_input` for what no identifier can hold.
 */
export function quoteIdent(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new Failure({
      code: 'invalid_input',
      message: `${JSON.stringify(name)} cannot be a name in PostgreSQL: a name has at least one character and no zero byte.`,
    });
  }
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string constant, right under any setting of `standard_conforming_strings`. Values go through `$n` where they can. */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) {
    throw new Failure({ code: 'invalid_input', message: 'A text in PostgreSQL cannot hold a zero byte.' });
  }
  const doubled = value.replaceAll("'", "''");
  return value.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** `schema.name`, each part quoted where needed. */
export const qualifiedName = (schema: string, name: string): string => `${quoteIdent(schema)}.${quoteIdent(name)}`;
