import type { Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { doBlock } from '../sql/dollar-quote.ts';
import { quoteLiteral } from '../sql/quote.ts';
import { deleteVersionSql, markAppliedSql } from '../sql/registry-rows.ts';
import type { CatalogFacts, PlanRequest, PlanWishes } from './catalog-facts.ts';
import { dropCopiesSql } from './copies-now.ts';
import { finishPlan } from './finish-plan.ts';
import { refuseDependents, requireModel } from './refusals.ts';
import { flipStep, number } from './steps.ts';
import { withheld } from './withheld.ts';

/**
 * The plan that drops one version that readers were switched away from. Pure. Throws `not_found`, and
 * `statement_refused` for the version that is served, and while something depends on its copies. Its own first statement
 * refuses when it was read after the plan was made.
 */
export function planDropVersion(request: PlanRequest, facts: CatalogFacts, wishes: PlanWishes): Plan {
  const { schema, readModel: name, planId } = request;
  const model = requireModel(facts, name);
  const scriptOnly = withheld(request, facts);
  const version = model.versions.find((one) => one.version === wishes.version);
  const current = model.versions.find(({ state }) => state === 'current');
  if (version === undefined || version.state === 'building') {
    throw new Failure({
      code: 'not_found',
      message: `Read model ${name} has no version ${wishes.version ?? ''} that could be dropped. It has ${model.versions.map((one) => one.version).join(', ')}.`,
    });
  }
  if (version === current) {
    throw new Failure({
      code: 'statement_refused',
      message: `Version ${version.version} of ${name} is the one that readers see. Build or roll back to another one first, or drop the whole read model.`,
    });
  }
  refuseDependents(
    `Version ${version.version} of ${name}`,
    facts.copyDependents
      .filter(({ copy }) => version.copies.includes(copy))
      .map(({ copy, dependent }) => `${dependent} (reads ${copy})`),
  );
  const step = flipStep(
    {
      title: `Drop version ${version.version} and its copies`,
      schema,
      readModel: name,
      kind: 'drop',
      inUse: false,
    },
    [
      ...(wishes.scansSoFar == null ? [] : [refuseReadSql(schema, wishes.scansSoFar)]),
      ...deleteVersionSql(name, version.version),
      markAppliedSql(planId, request.kind, name),
      ...dropCopiesSql(facts, schema, version),
    ],
    [],
  );
  return finishPlan(request, facts, {
    fromVersion: current?.version ?? null,
    toVersion: current?.version ?? null,
    steps: number([
      {
        ...step,
        lock:
          version.copies.length === 0
            ? 'ROW EXCLUSIVE on the tables of schema daybreak'
            : `ACCESS EXCLUSIVE on ${version.copies.join(', ')}`,
        undoNote: 'One transaction: all of it or nothing. Its definition stays in the activity log.',
      },
    ]),
    warnings: [
      ...(version.state === 'previous' ? [`Afterwards there is no version to roll back to.`] : []),
      ...(wishes.stillRead[version.version]?.read === true
        ? [`${wishes.stillRead[version.version]?.text ?? ''} It is dropped all the same, as was asked for.`]
        : []),
    ],
    contractChanges: [],
    proposal: null,
    droppedVersion: version.version,
    ...scriptOnly,
  });
}

/** Fails when the copies have been read more often than at the time of the plan. */
function refuseReadSql(schema: string, scansSoFar: Readonly<Record<string, number>>): string {
  const rows = Object.entries(scansSoFar).map(([copy, scans]) => `(${quoteLiteral(copy)}, ${scans})`);
  if (rows.length === 0) return 'select 1';
  return doBlock(
    'verify_unread',
    '  daybreak_read text;',
    `  select string_agg(s.relname, ', ') into daybreak_read
  from (values ${rows.join(', ')}) as planned (relation, scans)
  join pg_stat_all_tables s on s.schemaname = ${quoteLiteral(schema)} and s.relname = planned.relation
  where coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0) > planned.scans;
  if daybreak_read is not null then
    raise exception using errcode = 'object_in_use',
      message = format('%s was read since the plan was made', daybreak_read);
  end if;`,
  );
}
