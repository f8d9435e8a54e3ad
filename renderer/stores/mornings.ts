import { create } from 'zustand';
import type { Finding, OriginFilter, Timeline, Verdict } from '../../shared/model/diagnosis.ts';
import type { Freshness } from '../../shared/model/freshness.ts';
import type { Statement, StatementClass } from '../../shared/model/statement.ts';
import { client, unwrap } from './client.ts';
import { refreshSampler } from './connections.ts';
import { onEngineEvent } from './engine-events.ts';
import { createLoader, notLoaded, type Loadable } from './loadable.ts';

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}
export interface TimelineAnswer {
  readonly timeline: Timeline;
  readonly freshness: Freshness;
}
export interface VerdictAnswer {
  readonly verdict: Verdict;
  readonly freshness: Freshness;
}
export interface FindingAnswer {
  readonly finding: Finding;
  readonly history: {
    readonly activity: readonly (readonly [number, number])[];
    readonly oltpMeanMs: readonly (readonly [number, number])[];
  };
  readonly blocked: readonly { readonly statement: Statement; readonly waitedSeconds: number }[];
  readonly freshness: Freshness;
}

interface MorningsState {
  /** Whose mornings these are; another server starts empty. */
  readonly serverId: string | null;
  readonly timeline: Loadable<TimelineAnswer>;
  readonly verdict: Loadable<VerdictAnswer>;
  readonly finding: Loadable<FindingAnswer>;
}

const empty = { timeline: notLoaded, verdict: notLoaded, finding: notLoaded };

export const useMornings = create<MorningsState>(() => ({ serverId: null, ...empty }));

const timelines = createLoader<TimelineAnswer>(
  () => useMornings.getState().timeline,
  (timeline) => useMornings.setState({ timeline }),
);
const verdicts = createLoader<VerdictAnswer>(
  () => useMornings.getState().verdict,
  (verdict) => useMornings.setState({ verdict }),
);
const findings = createLoader<FindingAnswer>(
  () => useMornings.getState().finding,
  (finding) => useMornings.setState({ finding }),
);

/** Looks at this server from now on; what another one showed is forgotten. */
export function lookAtMornings(serverId: string): void {
  if (useMornings.getState().serverId === serverId) return;
  timelines.reset();
  verdicts.reset();
  findings.reset();
  useMornings.setState({ serverId });
}

/** The timeline of a window, counting only what the filter lets through; null: the last hour that is stored. */
export async function loadTimeline(
  serverId: string,
  window: Window | null,
  filter: OriginFilter = {},
): Promise<TimelineAnswer | null> {
  return timelines.load(async (signal) =>
    unwrap(await client().mornings.timeline({ serverId, ...window, filter }, { signal })),
  );
}

/** The verdict over one incident. The verdict of another window does not stay: it would answer another question. */
export async function diagnose(
  serverId: string,
  window: Window,
  /** What people say that a save takes; null: nobody said. */
  reportedSaveSeconds: number | null,
  /** Whose clock the sentence tells. */
  readerTimeZone: string,
): Promise<void> {
  const shown = useMornings.getState().verdict.value?.verdict;
  if (shown !== undefined && (shown.toMs <= window.fromMs || shown.fromMs >= window.toMs)) verdicts.reset();
  const said = reportedSaveSeconds === null ? {} : { reportedSaveSeconds };
  await verdicts.load(async (signal) =>
    unwrap(await client().mornings.diagnose({ serverId, ...window, ...said, readerTimeZone }, { signal })),
  );
}

export function forgetVerdict(): void {
  verdicts.reset();
}

export async function loadFinding(serverId: string, window: Window, statementId: string): Promise<void> {
  if (useMornings.getState().finding.value?.finding.statement.statementId !== statementId) findings.reset();
  await findings.load(async (signal) =>
    unwrap(await client().mornings.finding({ serverId, ...window, statementId }, { signal })),
  );
}

/**
 * The person's word on a statement's class; null takes it back. Throws FailureError. An open finding shows the answer
 * at once: as OLTP the statement is nobody's suspect any more, and no later answer has it.
 */
export async function setStatementClass(
  serverId: string,
  statementId: string,
  value: StatementClass | null,
): Promise<Statement> {
  const statement = unwrap(await client().mornings.setClass({ serverId, statementId, class: value }));
  const shown = useMornings.getState().finding;
  if (shown.value?.finding.statement.statementId === statementId) {
    const { finding } = shown.value;
    useMornings.setState({ finding: { ...shown, value: { ...shown.value, finding: { ...finding, statement } } } });
  }
  return statement;
}

/** One sample and one snapshot at once, outside the schedule. Throws FailureError. */
export async function readNow(serverId: string): Promise<void> {
  unwrap(await client().sampler.readNow({ serverId }));
  await refreshSampler(serverId);
}

/** Calls `changed` when stored history of this server grew or its classes changed, and after a reconnect. */
export function onMorningsChange(serverId: string, changed: () => void): () => void {
  return onEngineEvent('mornings', (event) => {
    if (event === null || event.serverId === null || event.serverId === serverId) changed();
  });
}
