import { z } from 'zod';
import {
  columnSchema,
  refreshModeSchema,
  verificationSchema,
  type Column,
  type RefreshMode,
  type Verification,
} from '../../../../shared/model/read-model.ts';
import type { Budget } from '../../../../shared/model/freshness.ts';
import { nightlySchema } from '../../../../shared/model/nightly.ts';
import { periodSchema } from '../../../../shared/model/period.ts';
import type { Sql } from '../../postgres/session.ts';
import type { RegisteredModel, RegisteredVersion, Suspended } from '../plan/catalog-facts.ts';
import type { BuiltOn } from '../plan/dependencies.ts';
import type { Slot } from '../sql/names.ts';

export interface RegistryCopy {
  readonly copyId: string;
  readonly slot: Slot;
  /** ISO 8601, on the server's clock. */
  readonly asOf: string | null;
  readonly rows: number | null;
}

export interface RegistryVersion extends Omit<RegisteredVersion, 'copies'> {
  readonly createdAtMs: number;
  /** Against the version before; null where nothing was written down. */
  readonly verification: Verification | null;
  /** When readers were switched to this version, and the scans of the other versions' copies by then. */
  readonly switched: { readonly at: string; readonly scans: Readonly<Record<string, number>> } | null;
  readonly copies: readonly RegistryCopy[];
}

export interface RegistryModel extends Omit<RegisteredModel, 'versions'> {
  /** How a person wants it to be refreshed; null: Daybreak chooses. */
  readonly refreshMode: RefreshMode | null;
  readonly suspended: Suspended | null;
  /** Options of the stable view when Daybreak last wrote it; null where nobody wrote them down. */
  readonly viewOptions: readonly string[] | null;
  readonly versions: readonly RegistryVersion[];
}

interface Row {
  readonly name: string;
  readonly schema: string;
  readonly question: string;
  readonly owner: string;
  readonly refreshMode: string | null;
  readonly suspended: Suspended | null;
  readonly viewOptions: readonly string[] | null;
  readonly consumers: readonly { consumer: string; owner: string; minutes: number | null; nightly: unknown }[];
  readonly readers: readonly string[];
  readonly versions: readonly {
    version: number;
    state: RegisteredVersion['state'];
    liveSlot: Slot;
    definitionSql: string;
    keyColumns: string[];
    columns: unknown[];
    parents: string[];
    period: unknown;
    planId: string;
    createdAtMs: number;
    verification: unknown;
    copies: { copyId: string; slot: Slot; asOf: string | null; rows: number | null }[];
  }[];
}

/** The registered read models by name, or one of them. The caller has made sure that the registry is installed. */
export async function readRegistry(sql: Sql, only?: string): Promise<RegistryModel[]> {
  const rows = await sql.query<Row>(
    // Columns that later steps of the registry added are asked for by way of to_jsonb.
    `select m.name, m.schema_name as schema, m.question, m.owner, to_jsonb(m) ->> 'refresh_mode' as "refreshMode",
      to_jsonb(m) -> 'view_options' as "viewOptions",
      case when to_jsonb(m) ->> 'suspended_at' is not null then json_build_object('by', to_jsonb(m) -> 'suspended_by',
        'atMs', floor(extract(epoch from (to_jsonb(m) ->> 'suspended_at')::timestamptz) * 1000)::float8) end as suspended,
      coalesce((select json_agg(json_build_object('consumer', c.consumer, 'owner', c.owner, 'minutes', c.budget_minutes,
            'nightly', to_jsonb(c) -> 'nightly')
          order by c.consumer collate "C") from daybreak.consumer c where c.read_model = m.name), '[]') as consumers,
      coalesce((select json_agg(r.role_name order by r.role_name collate "C")
        from daybreak.reader r where r.read_model = m.name), '[]') as readers,
      coalesce((select json_agg(json_build_object('version', v.version, 'state', v.state, 'liveSlot', v.live_slot,
            'definitionSql', v.definition_sql, 'keyColumns', v.key_columns, 'columns', v.columns, 'parents', v.parents,
            'period', to_jsonb(v) -> 'period', 'verification', v.verification,
            'planId', v.plan_id, 'createdAtMs', floor(extract(epoch from v.created_at) * 1000)::float8,
            'copies', coalesce((select json_agg(json_build_object('copyId', p.copy_id, 'slot', p.slot,
                'asOf', to_char(p.data_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'rows', p.row_count)
                order by p.slot)
              from daybreak.copy p where p.read_model = v.read_model and p.version = v.version), '[]'))
          order by v.version) from daybreak.version v where v.read_model = m.name), '[]') as versions
    from daybreak.read_model m
    where $1::text is null or m.name = $1
    order by m.name collate "C"`,
    [only ?? null],
  );
  return rows.map((row) => ({
    ...row,
    viewOptions: row.viewOptions ?? null,
    refreshMode: refreshModeSchema.nullable().parse(row.refreshMode),
    consumers: row.consumers.map(({ consumer, owner, minutes, nightly }) => ({
      consumer,
      owner,
      budget: budgetOf(minutes, nightly),
    })),
    versions: row.versions.map((version) => ({
      ...version,
      columns: version.columns.map(columnOf),
      period: periodSchema.nullable().parse(version.period),
      verification: verificationSchema.nullable().parse(version.verification),
      switched: switchedSchema.parse(version.verification)?.switched ?? null,
    })),
  }));
}

const switchedSchema = z
  .object({ switched: z.object({ at: z.string(), scans: z.record(z.string(), z.number()) }).optional() })
  .nullable();

const nightSchema = nightlySchema.nullish();

export function budgetOf(minutes: number | null, nightly: unknown): Budget {
  const night = nightSchema.parse(nightly) ?? null;
  if (night !== null) return { nightly: night };
  return minutes === null ? 'live' : { minutes };
}

const columnOf = (value: unknown): Column => columnSchema.parse(value);

/** What the version that readers see is built on. */
export const builtOn = ({ name, versions }: RegistryModel): BuiltOn => ({
  name,
  parents: versions.find(({ state }) => state === 'current')?.parents ?? [],
});

/** The part of a registered model that plans rest on: nothing that a refresh changes but the live slot. */
export const plannedPart = (model: RegistryModel): RegisteredModel => ({
  name: model.name,
  schema: model.schema,
  question: model.question,
  owner: model.owner,
  consumers: model.consumers,
  readers: model.readers,
  suspended: model.suspended,
  versions: model.versions.map((version) => ({
    version: version.version,
    state: version.state,
    liveSlot: version.liveSlot,
    definitionSql: version.definitionSql,
    keyColumns: version.keyColumns,
    columns: version.columns,
    parents: version.parents,
    period: version.period,
    planId: version.planId,
    copies: version.copies.map(({ copyId }) => copyId),
  })),
});
