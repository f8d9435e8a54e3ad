import type pg from 'pg';

/** Every object that hangs on a view, by name, e.g. 'grant SELECT (amount) to boss' -> 'false' (not grantable). */
export type ViewObjects = ReadonlyMap<string, string>;

/** Reads a view's owner, options, columns, grants, comments, defaults, triggers, rules and dependents. */
export async function viewObjects(client: pg.Client, schema: string, view: string): Promise<ViewObjects> {
  const { rows } = await client.query<{ object: string; value: string | null }>(
    `with v as (
      select c.oid, c.relowner, c.relacl, c.reloptions from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2
    ), a as (
      select t.* from v join pg_attribute t on t.attrelid = v.oid and t.attnum > 0 and not t.attisdropped
    ), dependent as (
      select distinct w.ev_class as oid from v
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite w on w.oid = d.objid and w.ev_class <> v.oid
    )
    select 'oid' as object, oid::text as value from v
    union all select 'owner', pg_get_userbyid(relowner)::text from v
    union all select 'option ' || split_part(o, '=', 1), split_part(o, '=', 2) from v, unnest(v.reloptions) o
    union all select 'column ' || attname, format_type(atttypid, atttypmod) from a
    union all select 'grant ' || privilege_type || ' to ' || grantee::text, is_grantable::text from v, aclexplode(v.relacl)
    union all select 'grant ' || privilege_type || ' (' || attname || ') to ' || grantee::text, is_grantable::text
      from a, aclexplode(a.attacl)
    union all select 'comment', obj_description(oid, 'pg_class') from v
    union all select 'comment on ' || attname, col_description(attrelid, attnum) from a
      where col_description(attrelid, attnum) is not null
    union all select 'default of ' || attname, pg_get_expr(d.adbin, d.adrelid)
      from a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    union all select 'trigger ' || t.tgname, pg_get_triggerdef(t.oid)
      from v join pg_trigger t on t.tgrelid = v.oid and not t.tgisinternal
    union all select 'rule ' || w.rulename, pg_get_ruledef(w.oid)
      from v join pg_rewrite w on w.ev_class = v.oid and w.rulename <> '_RETURN'
    union all select 'dependent ' || oid::regclass::text, pg_get_viewdef(oid) from dependent
    union all select 'dependent ' || p.oid::regprocedure::text, pg_get_functiondef(p.oid)
      from v join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid
        and d.classid = 'pg_proc'::regclass join pg_proc p on p.oid = d.objid`,
    [schema, view],
  );
  return new Map(rows.map(({ object, value }) => [object, value ?? '']));
}

/** Objects of `before` that are gone or different, in words. New ones are no loss. */
export const lostObjects = (before: ViewObjects, after: ViewObjects, except: readonly string[] = []): string[] =>
  [...before].flatMap(([object, value]) => {
    if (except.includes(object) || after.get(object) === value) return [];
    return [`${object}: ${value} became ${after.get(object) ?? 'nothing'}`];
  });

/**
 * Hangs one of everything on a stable view with the columns `region` and `amount`: options, grants on it and on its
 * columns, comments, a default, a trigger, and objects that depend on it. `reader` can read it afterwards, although it
 * is an invoker's view then. Run it as a superuser.
 */
export async function dressView(
  client: pg.Client,
  { schema, view, copy, reader, other }: { schema: string; view: string; copy: string; reader: string; other: string },
): Promise<void> {
  const name = `${schema}.${view}`;
  await client.query(`
    alter view ${name} set (security_barrier = true, security_invoker = true);
    grant usage on schema ${schema}, daybreak to ${reader}, ${other};
    grant select on ${schema}.${copy}, daybreak.copy to ${reader};
    grant select on ${name} to ${reader} with grant option;
    grant select (as_of, region), update (amount) on ${name} to ${other};
    comment on column ${name}.amount is 'in euros, without tax';
    alter view ${name} alter column amount set default 0;
    create schema if not exists boards;
    create view boards.board with (security_barrier = true) as select region, amount from ${name};
    create view boards.second_board as select sum(amount) as total from boards.board;
    create function boards.total() returns numeric language sql stable begin atomic
      select sum(amount) from ${name}; end;
    create function boards.refuse() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger refuse_writes instead of insert on ${name} for each row execute function boards.refuse();`);
}
