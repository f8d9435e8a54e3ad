import { Button, Select } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { formatCountShort } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Explained } from '../../../../shared/model/explain.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentText } from '../../../app/moments.ts';
import { useNow } from '../../../app/use-now.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { useAsked } from '../../../stores/asked.ts';
import { storedPlans } from '../../../stores/explain.ts';
import { AnalyzeDialog } from './analyze-dialog.tsx';
import { ExplainedPlan } from './explained-plan.tsx';
import { PlanCompare } from './plan-compare.tsx';
import { inOrder } from './plan-nodes.ts';
import { useExplain, type Wish } from './use-explain.ts';
import { ValuesForm } from '../../../app/values-form.tsx';
import styles from './drawer.module.css';

interface PlanTabProps {
  readonly server: ServerSummary;
  readonly statement: Statement;
}

/** How the server runs the statement: planned, or run and rolled back; earlier plans, and two beside each other. */
export function PlanTab({ server, statement }: PlanTabProps): ReactNode {
  const { serverId } = server;
  const { statementId } = statement;
  const stored = useAsked(storedPlans, { serverId, statementId });
  const [shownId, setShownId] = useState<string | null>(null);
  const [againstId, setAgainstId] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const { state, failed, run, cancel, dismiss } = useExplain(serverId, statementId, ({ explainId }) =>
    setShownId(explainId),
  );
  const plans = stored.value ?? [];
  const shown = plans.find(({ explainId }) => explainId === shownId) ?? plans[0] ?? null;
  const connected = server.state === 'connected';
  const idle = connected && state.kind !== 'running';
  const plan = () => void run({ values: {}, analyze: null });
  /** Nothing makes the server work twice without being asked: ANALYZE goes through its dialog again. */
  const retry = (wish: Wish) => {
    if (wish.analyze === null) void run(wish);
    else setAsking(true);
  };
  useCommands('statement-plan', [
    ...(idle ? [{ id: 'explain', title: 'Explain the open statement', group: 'Statement', run: plan }] : []),
    ...(idle
      ? [
          {
            id: 'analyze',
            title: 'Run the open statement with ANALYZE …',
            group: 'Statement',
            run: () => setAsking(true),
          },
        ]
      : []),
    ...(state.kind === 'running' && state.timeoutMs !== null
      ? [{ id: 'cancel-analyze', title: 'Cancel ANALYZE', group: 'Statement', run: cancel }]
      : []),
  ]);

  return (
    <section aria-label="Plan" className={styles.body}>
      <div className={styles.toolbar}>
        <Button size="compact-sm" variant="filled" disabled={!idle} onClick={plan}>
          Explain
        </Button>
        <Button size="compact-sm" disabled={!idle} onClick={() => setAsking(true)}>
          Run with ANALYZE …
        </Button>
        <PlanChoices
          plans={plans}
          shownId={shown?.explainId ?? null}
          againstId={againstId}
          onShow={setShownId}
          onAgainst={setAgainstId}
        />
      </div>
      {!connected && (
        <p className="db-dim">
          {server.capture === null
            ? 'The server is not connected: stored plans can be read, new ones cannot be made.'
            : 'This is a capture: there is no server to ask for a plan.'}
        </p>
      )}
      {state.kind === 'running' && <Running {...state} onCancel={cancel} />}
      {failed !== null && (
        <FailureNotice
          problem={failed.problem}
          {...(state.kind === 'idle' ? { onRetry: () => retry(failed.wish) } : {})}
        />
      )}
      {state.kind === 'values_needed' && (
        <ValuesForm
          missing={state.missing}
          initial={state.wish.values}
          submitLabel={state.wish.analyze === null ? 'Explain with these' : 'Run with these'}
          onSubmit={(values) => void run({ ...state.wish, values: { ...state.wish.values, ...values } }, state.missing)}
          onClose={dismiss}
        />
      )}
      {stored.problem !== null && (
        <FailureNotice problem={stored.problem} onRetry={stored.reload} title="The stored plans cannot be read" />
      )}
      {shown === null && connected && state.kind === 'idle' && failed === null && !stored.loading && (
        <EmptyState title="No plan yet">
          Explain asks the planner and runs nothing. Constants that the statistics took out of the text are put back;
          what cannot be known is asked for.
        </EmptyState>
      )}
      {shown !== null && againstId !== null && againstId !== shown.explainId ? (
        <PlanCompare serverId={serverId} {...inOrder(plans, againstId, shown.explainId)} />
      ) : (
        shown !== null && (
          <ExplainedPlan
            key={shown.explainId}
            explained={shown}
            {...(idle ? { onOtherValues: (values, asked) => void run({ values, analyze: null }, asked) } : {})}
          />
        )
      )}
      <AnalyzeDialog
        opened={asking}
        server={server}
        onClose={() => setAsking(false)}
        onRun={(timeoutMs) => {
          setAsking(false);
          void run({ values: failed?.wish.values ?? valuesOf(shown), analyze: { timeoutMs } });
        }}
      />
    </section>
  );
}

/** The values that the person gave for the plan that is shown: ANALYZE runs what was looked at. */
function valuesOf(shown: Explained | null): Readonly<Record<string, string>> {
  const given = shown?.values.filter(({ origin }) => origin === 'person') ?? [];
  return Object.fromEntries(given.map(({ name, literal }) => [name, literal]));
}

interface RunningProps {
  readonly timeoutMs: number | null;
  readonly sinceMs: number;
  readonly cancelling: boolean;
  readonly onCancel: () => void;
}

function Running({ timeoutMs, sinceMs, cancelling, onCancel }: RunningProps): ReactNode {
  const nowMs = useNow(250);
  const forText = formatDuration(Math.max(0, Math.round((nowMs - sinceMs) / 100) * 100));
  return (
    <div className={styles.running} role="status">
      <span>
        {timeoutMs === null
          ? `Asking the planner for ${forText}`
          : `Running the statement for ${forText}; the server ends it after ${formatDuration(timeoutMs)}`}
      </span>
      {timeoutMs !== null && (
        <Button size="compact-sm" loading={cancelling} onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}

interface PlanChoicesProps {
  readonly plans: readonly Explained[];
  readonly shownId: string | null;
  readonly againstId: string | null;
  readonly onShow: (explainId: string) => void;
  readonly onAgainst: (explainId: string | null) => void;
}

function PlanChoices({ plans, shownId, againstId, onShow, onAgainst }: PlanChoicesProps): ReactNode {
  const nowMs = useNow(60_000);
  const data = useMemo(
    () => plans.map((plan) => ({ value: plan.explainId, label: planLabel(plan, nowMs) })),
    [plans, nowMs],
  );
  if (plans.length === 0) return null;
  return (
    <div className={styles.choices}>
      <Select
        size="xs"
        w={250}
        aria-label="Stored plan"
        data={data}
        value={shownId}
        allowDeselect={false}
        onChange={(value) => value !== null && onShow(value)}
      />
      {plans.length > 1 && (
        <Select
          size="xs"
          w={250}
          aria-label="Compare with another plan"
          placeholder="compare with …"
          data={data.filter(({ value }) => value !== shownId)}
          value={againstId === shownId ? null : againstId}
          clearable
          clearButtonProps={{ 'aria-label': 'Compare no more' }}
          onChange={onAgainst}
        />
      )}
    </div>
  );
}

function planLabel({ takenAtMs, analyzed, executionMs, root }: Explained, nowMs: number): string {
  const cost = executionMs === null ? `cost ${formatCountShort(root.totalCost)}` : formatDuration(executionMs);
  return `${momentText(takenAtMs, nowMs)} · ${analyzed ? 'run' : 'planned'} · ${cost}`;
}
