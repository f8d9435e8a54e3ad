import { formatCount, formatCounted } from '../../../../shared/format/count.ts';
import { fixed } from '../../../../shared/format/number-formats.ts';
import { formatPercent } from '../../../../shared/format/ratio.ts';
import type { Caveat } from '../../../../shared/model/diagnosis.ts';
import type { StatementGroup } from '../catalog.ts';
import type { LeadPlacebo } from './event-study.ts';
import type { Guard, Refit } from './guards.ts';
import type { ClockDependence } from './identifiability.ts';
import type { Panel } from './panel.ts';

interface CaveatFacts {
  readonly lead: LeadPlacebo;
  readonly workRefit: Refit;
  readonly negativeControl: Guard;
  readonly clock: ClockDependence;
  readonly runs: number;
  readonly executions: number;
  readonly collinearWith: readonly StatementGroup[];
}

const fewestExecutions = 3;

/** What weakens the evidence, one sentence each, ending in what to do. */
export function caveatsOf(facts: CaveatFacts): Caveat[] {
  const { clock, lead, collinearWith, negativeControl } = facts;
  const executions = Math.max(facts.runs, facts.executions);
  const caveats: Caveat[] = [];
  if (!clock.identifiable) {
    caveats.push({
      kind: 'not_identifiable',
      text: `it ran at the same clock time on ${formatCount(clock.daysActive)} of ${formatCounted(clock.days, 'day')}, so it cannot be told from whatever else happens then: run the experiment`,
    });
  } else if (negativeControl === 'failed') {
    caveats.push({
      kind: 'not_identifiable',
      text: 'there is more OLTP work of its own whenever it runs, which it cannot have caused, so the two cannot be told apart: move it to another time, or run the experiment',
    });
  }
  if (collinearWith.length > 0) {
    const others = formatCounted(collinearWith.length, 'other statement');
    caveats.push({
      kind: 'collinear',
      text: `it always runs together with ${others}: they are judged as one, run one of them at another time to tell them apart`,
    });
  }
  if (lead.outcome === 'failed' && lead.ratio !== null) {
    caveats.push({
      kind: 'lead_placebo',
      text: `just before it started saving was already slow (${formatPercent(Math.min(1, lead.ratio))} of the slowdown): look for what began earlier`,
    });
  }
  if (facts.workRefit === 'disagrees') {
    caveats.push({
      kind: 'reverse_causation',
      text: 'it ran longer while everything was slow, but did no more work then: what slowed saving may have slowed it too',
    });
  }
  if (executions < fewestExecutions) {
    const seen = formatCounted(executions, 'run');
    caveats.push({
      kind: 'few_runs',
      text: `only ${seen} of it ${executions === 1 ? 'was' : 'were'} seen: watch more mornings`,
    });
  }
  return caveats;
}

interface Numbers {
  readonly p: number;
  readonly runs: number;
  readonly share: number;
  readonly days: number;
  readonly daysActive: number;
}

/** Says what goes with what, never what caused it. */
export function evidenceText(basis: Panel['kind'], { p, runs, share, days, daysActive }: Numbers): string {
  const chance = `p ${p < 0.001 ? '< 0.001' : `= ${fixed(p, p < 0.1 ? 3 : 2)}`}`;
  if (basis === 'days') {
    return `over ${formatCounted(days, 'day')} (active on ${formatCount(daysActive)}), ${formatPercent(share)} of this damage goes with it at the same clock time (${chance})`;
  }
  return `${formatPercent(share)} of the damage goes with its activity (${formatCounted(runs, 'spell')}, ${chance})`;
}
