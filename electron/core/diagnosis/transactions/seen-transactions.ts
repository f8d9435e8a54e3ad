import type { SeenTransaction } from '../../../../shared/model/transactions.ts';
import { buildCatalog } from '../catalog.ts';
import { isIdle, samplesWithin, viewHistory, type SeenRow } from '../history-view.ts';
import type { StoredHistory, TimeWindow } from '../input.ts';
import { applicationOf, shortStatements, shortText } from './described-rows.ts';
import { lockQueues } from './lock-queues.ts';
import { spanned, type SpannedSample } from './sample-spans.ts';

export const mostTransactions = 200;
/** Of one transaction; a loader that runs thousands of statements in one is not told statement by statement. */
const mostStatements = 50;

type Doing = 'active' | 'idle' | 'lockWait';

interface Draft {
  readonly first: SeenRow;
  readonly startedAtMs: number;
  lastSeenAtMs: number;
  readonly ms: Record<Doing, number>;
  /** What it did when it was last seen, and for how long beyond that moment this counts if it is seen again. */
  doing: Doing;
  pendingMs: number;
  blockedOthersMs: number;
  xminAge: number | null;
  /** The first row of each statement, by statement id or text. */
  readonly statements: Map<string, SeenRow>;
}

/**
 * Transactions that samples of the window saw, the longest first, at most `mostTransactions`. One is (pid,
 * xact_start); it lasts from xact_start, which may lie before the window, to where it was last seen in the window.
 * At work, idle and waiting for locks add up to the part of it that samples looked at, never to more than it lasted.
 */
export function seenTransactions(history: StoredHistory & TimeWindow): SeenTransaction[] {
  const view = viewHistory(history);
  const statementOf = shortStatements(buildCatalog(history, view));
  const samples = spanned(samplesWithin(view.samples, history), history, view.spacingMs);
  const lastAtMs = samples.at(-1)?.sample.atMs;
  return drafted(samples)
    .map((draft) => ({ draft, durationMs: draft.lastSeenAtMs - draft.startedAtMs }))
    .toSorted(
      (a, b) =>
        b.durationMs - a.durationMs ||
        a.draft.startedAtMs - b.draft.startedAtMs ||
        a.draft.first.row.pid - b.draft.first.row.pid,
    )
    .slice(0, mostTransactions)
    .map(({ draft, durationMs }): SeenTransaction => {
      const { row } = draft.first;
      return {
        pid: row.pid,
        applicationName: applicationOf(row),
        roleName: row.roleName,
        databaseName: row.databaseName,
        startedAtMs: draft.startedAtMs,
        lastSeenAtMs: draft.lastSeenAtMs,
        durationSeconds: durationMs / 1000,
        activeSeconds: draft.ms.active / 1000,
        idleSeconds: draft.ms.idle / 1000,
        lockWaitSeconds: draft.ms.lockWait / 1000,
        blockedOthersSeconds: draft.blockedOthersMs / 1000,
        xminAge: draft.xminAge,
        statements: [...draft.statements.values()].map((seen) => ({
          statement: statementOf(seen.statementId),
          text: shortText(seen.row.query),
        })),
        open: draft.lastSeenAtMs === lastAtMs,
      };
    });
}

function drafted(samples: readonly SpannedSample[]): Draft[] {
  const drafts = new Map<string, Draft>();
  for (const { sample, leftMs, rightMs } of samples) {
    for (const seen of sample.rows) {
      const { row } = seen;
      // A parallel worker has its leader's transaction, under another pid.
      if (row.xactStartMs === null || row.leaderPid !== null) continue;
      const draft = drafts.get(keyOf(seen)) ?? newDraft(seen, row.xactStartMs);
      drafts.set(keyOf(seen), draft);
      see(draft, seen, { atMs: sample.atMs, leftMs, rightMs });
    }
    for (const { root, waiters } of lockQueues(sample)) {
      const draft = root === null ? undefined : drafts.get(keyOf(root));
      if (draft === undefined) continue;
      for (const { row } of waiters) {
        draft.blockedOthersMs += Math.min(leftMs, Math.max(0, sample.atMs - (row.queryStartMs ?? -Infinity))) + rightMs;
      }
    }
  }
  return [...drafts.values()];
}

const keyOf = ({ row }: SeenRow): string => `${row.pid} ${row.xactStartMs ?? ''}`;

/** A clock that was set back lets a transaction begin after it was seen: it has lasted no time then. */
const newDraft = (first: SeenRow, startedAtMs: number): Draft => ({
  first,
  startedAtMs,
  lastSeenAtMs: startedAtMs,
  ms: { active: 0, idle: 0, lockWait: 0 },
  doing: 'active',
  pendingMs: 0,
  blockedOthersMs: 0,
  xminAge: null,
  statements: new Map(),
});

function see(
  draft: Draft,
  seen: SeenRow,
  { atMs, leftMs, rightMs }: { readonly atMs: number; readonly leftMs: number; readonly rightMs: number },
): void {
  const { row } = seen;
  draft.ms[draft.doing] += draft.pendingMs;
  draft.doing = row.waitEventType === 'Lock' && row.state === 'active' ? 'lockWait' : isIdle(row) ? 'idle' : 'active';
  draft.ms[draft.doing] += Math.min(leftMs, Math.max(0, atMs - draft.startedAtMs));
  draft.pendingMs = Math.min(rightMs, Math.max(0, atMs + rightMs - draft.startedAtMs));
  draft.lastSeenAtMs = Math.max(draft.lastSeenAtMs, atMs);
  if (row.backendXminAge !== null) draft.xminAge = Math.max(draft.xminAge ?? 0, row.backendXminAge);
  const name = seen.statementId ?? row.query;
  if (draft.statements.size < mostStatements && !draft.statements.has(name)) draft.statements.set(name, seen);
}
