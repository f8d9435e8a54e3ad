import { quoteLiteral } from '../../postgres/quote.ts';
import { doBlock } from './dollar-quote.ts';
import { takeXactLock, writerLockKey } from './locks.ts';

/**
 * SQL that takes a stable view off what it reads. All of it looks at the registry and the catalog when it runs, not
 * when it was written: a script may lie for weeks until the vendor's upgrade comes, and every refresh side by side
 * points the view at another copy meanwhile.
 */

/** Statements of PL/pgSQL: `columns` and `options` of the view `view`, as they stand, read from the relation `source`. */
export const describeViewSql = (into: {
  readonly view: string;
  readonly source: string;
  readonly columns: string;
  readonly options: string;
}): string => `  select string_agg(
    case when exists (select from pg_attribute s where s.attrelid = ${into.source} and s.attname = a.attname and s.attnum > 0 and not s.attisdropped)
      then format('c.%1$I::%2$s as %1$I', a.attname, format_type(a.atttypid, -1))
      else format('null::%2$s%3$s as %1$I', a.attname, format_type(a.atttypid, -1), coalesce(' collate ' || (
        select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
        where l.oid = a.attcollation and a.attcollation <> t.typcollation), ''))
    end, ', ' order by a.attnum) into ${into.columns}
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = ${into.view} and a.attnum > 1 and not a.attisdropped;
  select coalesce(' with (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')', '')
    into ${into.options}
  from pg_class c cross join lateral unnest(c.reloptions) as o where c.oid = ${into.view};`;

const found = (
  readModel: string,
): string => `  select m.schema_name, m.suspended_at, c.copy_id, k.relkind, k.oid as live,
      to_regclass(format('%I.%I', m.schema_name, m.name)) as view, format('%I.%I', m.schema_name, c.copy_id) as copy,
      format('%I.%I', m.schema_name, c.copy_id || '_kept') as kept
    into daybreak_model
  from daybreak.read_model m
    join daybreak.version v on v.read_model = m.name and v.state = 'current'
    join daybreak.copy c on c.read_model = v.read_model and c.version = v.version and c.slot = v.live_slot
    left join pg_class k on k.oid = to_regclass(format('%I.%I', m.schema_name, c.copy_id))
  where m.name = ${quoteLiteral(readModel)};
  if not found then
    raise exception using errcode = 'no_data_found', message = ${quoteLiteral(`there is no read model ${readModel} that readers see in this database's registry`)};
  end if;
  if daybreak_model.suspended_at is not null then
    raise notice '%', ${quoteLiteral(`read model ${readModel} is suspended already`)};
    return;
  end if;
  if daybreak_model.view is null or daybreak_model.live is null then
    raise exception using errcode = 'undefined_table', message = ${quoteLiteral(`the stable view of read model ${readModel}, or the copy that it reads, is gone`)};
  end if;`;

/** Copies the rows that readers see into a plain table beside, with its indexes. No reader notices. */
export const keepRowsSql = (readModel: string): string =>
  doBlock(
    'keep',
    `  daybreak_model record;
  daybreak_index record;
  daybreak_grant record;
  daybreak_owner name;`,
    `${found(readModel)}
  if daybreak_model.relkind <> 'm' then
    return; -- a table already: nothing in it hangs on a base table
  end if;
  execute format('drop table if exists %s restrict', daybreak_model.kept);
  execute format('create table %s as table %s', daybreak_model.kept, daybreak_model.copy);
  for daybreak_index in
    select row_number() over (order by i.indexrelid) as place, i.indisunique, x.relname, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = daybreak_model.live and i.indisvalid
    order by i.indexrelid
  loop
    execute format('create %sindex %I on %s %s', case when daybreak_index.indisunique then 'unique ' else '' end,
      daybreak_model.copy_id || '_k' || daybreak_index.place, daybreak_model.kept,
      substr(daybreak_index.definition, length(format('CREATE %sINDEX %I ON %s ',
        case when daybreak_index.indisunique then 'UNIQUE ' else '' end, daybreak_index.relname, daybreak_model.copy)) + 1));
  end loop;
  -- Readers come with the rights of the view's owner, whoever runs this.
  select pg_get_userbyid(relowner) into daybreak_owner from pg_class where oid = daybreak_model.view;
  execute format('alter table %s owner to %I', daybreak_model.kept, daybreak_owner);
  -- Under security_invoker they come with their own, which they have on the copy.
  for daybreak_grant in
    select g.grantee, g.privilege_type, g.is_grantable, g.of_column
    from pg_class k cross join lateral (
      select a.grantee, a.privilege_type, a.is_grantable, '' as of_column from aclexplode(k.relacl) a
      union all
      select a.grantee, a.privilege_type, a.is_grantable, format(' (%I)', t.attname)
      from pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = k.oid and not t.attisdropped
    ) as g
    where k.oid = daybreak_model.live and g.grantee <> k.relowner
  loop
    execute format('grant %s%s on %s to %s%s', daybreak_grant.privilege_type, daybreak_grant.of_column, daybreak_model.kept,
      case daybreak_grant.grantee when 0 then 'public' else format('%I', pg_get_userbyid(daybreak_grant.grantee)) end,
      case when daybreak_grant.is_grantable then ' with grant option' else '' end);
  end loop;
  execute format('analyze %s', daybreak_model.kept);`,
  );

/**
 * Points the stable view at the kept table, drops everything that hangs on base tables, with RESTRICT, and lets the
 * table have the name of the copy that it stands for: registry and as-of stay as they are.
 */
export const switchToKeptSql = (readModel: string): string =>
  doBlock(
    'detach',
    `  daybreak_model record;
  daybreak_other record;
  daybreak_columns text;
  daybreak_options text;
  daybreak_indexes name[];
  daybreak_place integer;`,
    `${found(readModel)}
  if daybreak_model.relkind = 'm' then
    if to_regclass(daybreak_model.kept) is null then
      raise exception using errcode = 'undefined_table',
        message = format('the rows of %s have not been kept: a refresh came in between', daybreak_model.copy),
        hint = 'Run the whole script again.';
    end if;
${describeViewSql({ view: 'daybreak_model.view', source: 'daybreak_model.live', columns: 'daybreak_columns', options: 'daybreak_options' })}
    execute format('create or replace view %s%s as select (select data_as_of from daybreak.copy where copy_id = %L) as as_of, %s from %s as c',
      daybreak_model.view, daybreak_options, daybreak_model.copy_id, daybreak_columns, daybreak_model.kept);
    select array_agg(x.relname order by i.indexrelid) into daybreak_indexes
    from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = daybreak_model.live and i.indisvalid;
  end if;
  for daybreak_other in
    select c.copy_id, k.relkind, format('%I.%I', daybreak_model.schema_name, c.copy_id) as relation
    from daybreak.copy c left join pg_class k on k.oid = to_regclass(format('%I.%I', daybreak_model.schema_name, c.copy_id))
    where c.read_model = ${quoteLiteral(readModel)} and (c.copy_id <> daybreak_model.copy_id or k.relkind = 'm')
  loop
    if daybreak_other.relkind = 'm' then
      execute format('drop materialized view %s restrict', daybreak_other.relation);
    elsif daybreak_other.relkind = 'r' then
      execute format('drop table %s restrict', daybreak_other.relation);
    end if;
    if daybreak_other.copy_id <> daybreak_model.copy_id then
      delete from daybreak.copy where copy_id = daybreak_other.copy_id;
    end if;
  end loop;
  delete from daybreak.version where read_model = ${quoteLiteral(readModel)} and state = 'building';
  if daybreak_model.relkind = 'm' then
    execute format('alter table %s rename to %I', daybreak_model.kept, daybreak_model.copy_id);
    for daybreak_place in 1 .. coalesce(cardinality(daybreak_indexes), 0) loop
      execute format('alter index %I.%I rename to %I', daybreak_model.schema_name,
        daybreak_model.copy_id || '_k' || daybreak_place, daybreak_indexes[daybreak_place]);
    end loop;
  end if;
  update daybreak.read_model set suspended_at = clock_timestamp(), suspended_by = session_user where name = ${quoteLiteral(readModel)};`,
  );

/** Both in the order of a script; the caller opens the transaction. */
export const detachSql = (readModel: string): string[] => [
  takeXactLock(writerLockKey(readModel)),
  keepRowsSql(readModel),
  switchToKeptSql(readModel),
];

/** Takes the mark off again: the version just built is refreshed as any other. */
export const resumedSql = (readModel: string): string =>
  `update daybreak.read_model set suspended_at = null, suspended_by = null where name = ${quoteLiteral(readModel)}`;

export const suspendedAgainSql = (
  readModel: string,
  suspended: { readonly atMs: number; readonly by: string },
): string =>
  `update daybreak.read_model set suspended_at = to_timestamp(${suspended.atMs} / 1000.0), suspended_by = ${quoteLiteral(suspended.by)} where name = ${quoteLiteral(readModel)}`;
