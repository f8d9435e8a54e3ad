import { isFailure } from '../../../../shared/model/failure.ts';
import type { Sql } from '../session.ts';

interface Body {
  readonly signature: string;
  readonly language: string;
  readonly source: string;
  readonly oid: string;
  /** Relations that the body may mean: those that search_path finds now, and pg_catalog does not have. */
  readonly relations: readonly string[];
}

export interface UnqualifiedBody {
  readonly signature: string;
  /** What it does not find, e.g. 'relation "rate" does not exist'. */
  readonly why: string;
}

/**
 * Functions whose body finds something by search_path alone, so that it fails where that is pg_catalog, pg_temp. Bodies
 * of SQL are read by the server's own validator; those of PL/pgSQL are looked through for relations behind FROM, JOIN,
 * INTO and UPDATE. Only functions of `signatures`; call it in a transaction of its own, which it leaves with that path.
 */
export async function unqualifiedBodies(sql: Sql, signatures: readonly string[]): Promise<UnqualifiedBody[]> {
  const bodies = await sql.query<Body>(
    `select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as signature, l.lanname::text as language, p.prosrc as source, p.oid::text as oid,
      coalesce((select json_agg(c.relname) from pg_class c
        where c.relkind in ('r', 'v', 'm', 'f', 'p') and pg_table_is_visible(c.oid)
          and c.relnamespace <> 'pg_catalog'::regnamespace), '[]') as relations
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace and n.nspname not in ('pg_catalog', 'information_schema')
    join pg_language l on l.oid = p.prolang
    where format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) = any ($1::text[])
      and p.prosqlbody is null and p.prokind <> 'a'`,
    [signatures],
  );
  const found: UnqualifiedBody[] = [];
  await sql.query(`select set_config('search_path', 'pg_catalog, pg_temp', true)`);
  for (const body of bodies) {
    const why = body.language === 'sql' ? await refusedBy(sql, body.oid) : namedIn(body);
    if (why !== null) found.push({ signature: body.signature, why });
  }
  return found;
}

/** Asks the validator that CREATE FUNCTION asks. Null where it is content, or this role may not ask. */
async function refusedBy(sql: Sql, oid: string): Promise<string | null> {
  await sql.query('savepoint body');
  try {
    await sql.query('select fmgr_sql_validator($1::text::oid)', [oid]);
    return null;
  } catch (error) {
    await sql.query('rollback to savepoint body');
    if (!isFailure(error)) throw error;
    // What is not there by this path: a relation, a column of one, a function, a type.
    return ['42P01', '42703', '42883', '42704'].includes(error.value.sqlstate ?? '') ? error.message : null;
  } finally {
    await sql.query('release savepoint body');
  }
}

function namedIn({ source, relations }: Body): string | null {
  const known = new Set(relations);
  for (const [, name = ''] of source.matchAll(/\b(?:from|join|into|update)\s+"?([a-z_][a-z0-9_$]*)"?(?![\w.$"(])/gi)) {
    if (known.has(name.toLowerCase())) return `it names ${name} without its schema`;
  }
  return null;
}
