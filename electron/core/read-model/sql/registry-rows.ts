import type { Column, Consumer } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import { budgetMinutes } from '../../../../shared/model/freshness.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import type { Slot } from './names.ts';

const text = quoteLiteral;
const textArray = (values: readonly string[]): string =>
  values.length === 0 ? `'{}'::text[]` : `array[${values.map(text).join(', ')}]::text[]`;

export interface NewVersionRow {
  readonly readModel: string;
  readonly version: number;
  readonly definitionSql: string;
  readonly keyColumns: readonly string[];
  readonly columns: readonly Column[];
  readonly parents: readonly string[];
  readonly period: Period | null;
  readonly planId: string;
}

export const insertReadModelSql = (model: {
  readonly name: string;
  readonly schema: string;
  readonly question: string;
  readonly owner: string;
}): string =>
  `insert into daybreak.read_model (name, schema_name, question, owner)
values (${text(model.name)}, ${text(model.schema)}, ${text(model.question)}, ${text(model.owner)})`;

export const insertVersionSql = (row: NewVersionRow): string =>
  `insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, period, state, live_slot, plan_id)
values (${text(row.readModel)}, ${row.version}, ${text(row.definitionSql)}, ${textArray(row.keyColumns)},
  ${text(JSON.stringify(row.columns))}::jsonb, ${textArray(row.parents)},
  ${row.period === null ? 'null' : `${text(JSON.stringify(row.period))}::jsonb`}, 'building', 'a', ${text(row.planId)})`;

export const insertCopySql = (copy: string, readModel: string, version: number, slot: Slot): string =>
  `insert into daybreak.copy (copy_id, read_model, version, slot) values (${text(copy)}, ${text(readModel)}, ${version}, '${slot}')`;

/** Takes a version and its copies out of the registry. */
export const deleteVersionSql = (readModel: string, version: number): string[] => [
  `delete from daybreak.copy where read_model = ${text(readModel)} and version = ${version}`,
  `delete from daybreak.version where read_model = ${text(readModel)} and version = ${version}`,
];

export const deleteReadModelSql = (readModel: string): string[] => [
  ...['copy', 'version', 'consumer', 'reader', 'run'].map(
    (table) => `delete from daybreak.${table} where read_model = ${text(readModel)}`,
  ),
  `delete from daybreak.read_model where name = ${text(readModel)}`,
];

export const setQuestionSql = (name: string, question: string, owner: string): string =>
  `update daybreak.read_model set question = ${text(question)}, owner = ${text(owner)} where name = ${text(name)}`;

/** Consumers and readers as the registry shall have them. */
export function setPeopleSql(readModel: string, consumers: readonly Consumer[], readers: readonly string[]): string[] {
  const name = text(readModel);
  // A registry that nobody gave a nightly budget needs no column for one.
  const anyNightly = consumers.some(({ budget }) => budget !== 'live' && 'nightly' in budget);
  const consumerRows = consumers.map(({ consumer, owner, budget }) => {
    const minutes = budget === 'live' ? 'null' : String(budgetMinutes(budget));
    const nightly =
      budget !== 'live' && 'nightly' in budget ? `${text(JSON.stringify(budget.nightly))}::jsonb` : 'null';
    return `(${[name, text(consumer), text(owner), minutes, ...(anyNightly ? [nightly] : [])].join(', ')})`;
  });
  const readerRows = readers.map((role) => `(${name}, ${text(role)})`);
  return [
    `delete from daybreak.consumer where read_model = ${name}`,
    ...insertInto(
      `daybreak.consumer (read_model, consumer, owner, budget_minutes${anyNightly ? ', nightly' : ''})`,
      consumerRows,
    ),
    `delete from daybreak.reader where read_model = ${name}`,
    ...insertInto('daybreak.reader (read_model, role_name)', readerRows),
  ];
}

const insertInto = (table: string, rows: readonly string[]): string[] =>
  rows.length === 0 ? [] : [`insert into ${table} values\n  ${rows.join(',\n  ')}`];

/** The states as they were before `makeCurrentSql`. At most one version is current at any moment, hence the order. */
export const restoreStatesSql = (
  readModel: string,
  versions: readonly { readonly version: number; readonly state: string }[],
): string[] =>
  versions
    .toSorted((one, other) => Number(one.state === 'current') - Number(other.state === 'current'))
    .map(
      ({ version, state }) =>
        `update daybreak.version set state = ${text(state)} where read_model = ${text(readModel)} and version = ${version}`,
    );

/**
 * States after `version` became the one that readers see: the one before is kept to roll back to, older ones are
 * retired. `before` is null for the first version.
 */
export const makeCurrentSql = (readModel: string, version: number, before: number | null): string[] => [
  ...(before === null
    ? []
    : [
        `update daybreak.version set state = case when version = ${before} then 'previous' else 'retired' end
where read_model = ${text(readModel)} and version <> ${version} and state <> 'building'`,
      ]),
  `update daybreak.version set state = 'current' where read_model = ${text(readModel)} and version = ${version}`,
];

/**
 * Written with a switch to `version`: when it was, and how often the copies of the other versions had been read by then.
 * What comes on top of it afterwards are readers who do not use the stable name.
 */
export const markSwitchedSql = (
  schema: string,
  readModel: string,
  version: number,
  otherCopies: readonly string[],
): string[] =>
  otherCopies.length === 0
    ? []
    : [
        `update daybreak.version set verification = coalesce(verification, '{}'::jsonb) || jsonb_build_object('switched', jsonb_build_object(
  'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'scans', coalesce((select jsonb_object_agg(relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0))
    from pg_stat_all_tables where schemaname = ${text(schema)} and relname in (${otherCopies.map(text).join(', ')})), '{}'::jsonb)))
where read_model = ${text(readModel)} and version = ${version}`,
      ];

/** The mark of a committed flip, in its transaction: what a later start finds tells finished from unfinished. */
export const markAppliedSql = (planId: string, kind: string, readModel: string): string =>
  `insert into daybreak.applied_plan (plan_id, kind, read_model) values (${text(planId)}, ${text(kind)}, ${text(readModel)})`;

/** Changes nothing. Its own commit waits until the log of the switch before it is safe, and no reader waits with it. */
export const settleSwitchSql = (planId: string): string =>
  `update daybreak.applied_plan set applied_at = applied_at where plan_id = ${text(planId)}`;

export const unmarkAppliedSql = (planId: string): string =>
  `delete from daybreak.applied_plan where plan_id = ${text(planId)}`;
