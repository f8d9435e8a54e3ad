import { cancelAskedSchema, type CancelAsked } from '../../../../shared/model/schedule.ts';
import { quoteLiteral } from '../../postgres/quote.ts';

/**
 * Where somebody's wish that a run end stands: beside why it began, in the run's own row, which every registry with
 * leases has and every Daybreak reads by its `code` and `text` alone. `run`: what names a row of daybreak.run.
 */
export const cancelAskedSql = (run: string): string => `${run}.why -> 'cancel'`;

/** Why it began, or did not, without that wish. */
export const whySql = (run: string): string => `case when ${run}.why ? 'code' then ${run}.why - 'cancel' end`;

/** Null for what a newer Daybreak writes in another form. */
export const cancelAskedOf = (value: unknown): CancelAsked | null => cancelAskedSchema.safeParse(value).data ?? null;

/** Of the outcome of `askToCancelSql`. */
export const cancelAskedIn = (outcome: string | null): CancelAsked | null =>
  outcome === null ? null : cancelAskedOf(JSON.parse(outcome));

/**
 * Asks that a run be cancelled; who asked first stays. Its outcome is a `CancelAsked` as JSON, and no row where the run
 * has ended. Whoever runs it sees the wish at its next heartbeat.
 */
export function askToCancelSql(readModel: string, runId: string, by: string): string {
  const under = `r.run_id = ${quoteLiteral(runId)} and r.read_model = ${quoteLiteral(readModel)} and r.state in ('queued', 'running')`;
  return `with asked as (
  update daybreak.run r set why = coalesce(r.why, '{}') || jsonb_build_object('cancel', jsonb_build_object(
    'by', ${quoteLiteral(by)}::text, 'atMs', round(date_part('epoch', clock_timestamp()) * 1000)))
  where ${under} and ${cancelAskedSql('r')} is null
  returning ${cancelAskedSql('r')} as cancel
)
select cancel::text as outcome from asked
union all
select (${cancelAskedSql('r')})::text from daybreak.run r where ${under} and ${cancelAskedSql('r')} is not null`;
}
