import { describeViewSql } from './detach.ts';
import { doBlock } from './dollar-quote.ts';
import { flipLockTimeout, installLockKey, takeXactLock } from './locks.ts';

/** Tables of the registry, those that refer to others first. */
export const registryTables = [
  'guard_decision',
  'schedule',
  'calendar',
  'schedule_setting',
  'lease',
  'heartbeat',
  'runner',
  'alert_delivery',
  'alert_episode',
  'applied_plan',
  'run',
  'reader',
  'consumer',
  'copy',
  'version',
  'read_model',
  'migration',
] as const;

/**
 * Lets every stable view stand on its own: `as_of` becomes the moment of the last refresh, written out, because a
 * sub-select would go with the registry, and the view with it. Copies that no stable view reads are dropped, unless
 * something else reads them.
 */
const freezeSql = doBlock(
  'freeze',
  `  daybreak_model record;
  daybreak_other record;
  daybreak_columns text;
  daybreak_options text;
  daybreak_as_of text;`,
  `  for daybreak_model in
    select m.name, m.schema_name, m.question, m.owner, c.copy_id, c.data_as_of, format('%I.%I', m.schema_name, c.copy_id) as copy,
      to_regclass(format('%I.%I', m.schema_name, c.copy_id)) as live, w.oid as view, w.oid::regclass as view_name
    from daybreak.read_model m
      join daybreak.version v on v.read_model = m.name and v.state = 'current'
      join daybreak.copy c on c.read_model = v.read_model and c.version = v.version and c.slot = v.live_slot
      join pg_class w on w.oid = to_regclass(format('%I.%I', m.schema_name, m.name)) and w.relkind = 'v'
    order by m.name
  loop
    perform pg_advisory_xact_lock(hashtextextended('daybreak.' || daybreak_model.name, 0));
    if daybreak_model.live is null then
      raise exception using errcode = 'undefined_table', message = format('%s is gone, which the stable view %s should read', daybreak_model.copy, daybreak_model.view_name);
    end if;
${describeViewSql({ view: 'daybreak_model.view', source: 'daybreak_model.live', columns: 'daybreak_columns', options: 'daybreak_options' })}
    daybreak_as_of := coalesce(format('%L', daybreak_model.data_as_of), 'null');
    execute format('create or replace view %s%s as select %s::timestamptz as as_of, %s from %s as c',
      daybreak_model.view_name, daybreak_options, daybreak_as_of, daybreak_columns, daybreak_model.copy);
    execute format('comment on view %s is %L', daybreak_model.view_name, format(
      E'%s\\nOwner: %s. Frozen when Daybreak''s registry was uninstalled: as_of stays, whatever happens to the rows of %s.',
      daybreak_model.question, daybreak_model.owner, daybreak_model.copy));
  end loop;
  for daybreak_other in
    select format('%I.%I', m.schema_name, c.copy_id) as relation, case k.relkind when 'm' then 'materialized view' else 'table' end as kind
    from daybreak.copy c
      join daybreak.read_model m on m.name = c.read_model
      join daybreak.version v on v.read_model = c.read_model and v.version = c.version
      join pg_class k on k.oid = to_regclass(format('%I.%I', m.schema_name, c.copy_id)) and k.relkind in ('m', 'r')
    where v.state <> 'current' or c.slot <> v.live_slot
    order by c.copy_id
  loop
    begin
      execute format('drop %s %s restrict', daybreak_other.kind, daybreak_other.relation);
    exception when dependent_objects_still_exist then
      raise notice '% stays: something reads it', daybreak_other.relation;
    end;
  end loop;`,
);

const dropSchemaSql = doBlock(
  'drop_schema',
  '',
  `  drop schema daybreak restrict;
exception when dependent_objects_still_exist or insufficient_privilege then
  raise notice 'the schema daybreak stays: something else is in it, or it belongs to another role';`,
);

/** One transaction: all of it or nothing, and no refresh in between. */
export const uninstallSql: readonly string[] = [
  flipLockTimeout,
  takeXactLock(installLockKey),
  'lock table daybreak.read_model in access exclusive mode',
  freezeSql,
  // An older registry lacks the tables of later steps.
  `drop table if exists ${registryTables.map((table) => `daybreak.${table}`).join(', ')} restrict`,
  dropSchemaSql,
];
