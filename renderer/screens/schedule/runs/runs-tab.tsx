import { Button, Select } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { attemptStateSchema } from '../../../../shared/model/schedule.ts';
import type { GuardRecord, RecordedRun } from '../../../../shared/model/schedule-view.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { Card } from '../../../app/page.tsx';
import { setParams, useRoute } from '../../../app/router.ts';
import { saveText } from '../../../app/save-text.ts';
import { Tag } from '../../../app/tag.tsx';
import { useAction } from '../../../app/use-action.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { useAsked } from '../../../stores/asked.ts';
import { tableRuns } from '../../../stores/schedule-runs.ts';
import { cancelRun, useSchedule, type SeenSchedule } from '../../../stores/schedule.ts';
import { readAddress, runSpans } from '../address.ts';
import { useServerNow } from '../use-server-now.ts';
import { outcomeWords } from '../words.ts';
import { RunCharts } from './run-charts.tsx';
import { RunDrawer } from './run-drawer.tsx';
import { runsCsv, runsText } from './runs-csv.ts';
import { RunsTable } from './runs-table.tsx';
import styles from '../schedule.module.css';

interface RunsTabProps {
  readonly serverId: string;
  /** The server's name, for the file. */
  readonly label: string;
  readonly seen: SeenSchedule;
}

const runsAtMost = 2_000;
const hourMs = 3_600_000;

/** Every attempt to refresh, and every turn that was held back, with its numbers. */
export function RunsTab({ serverId, label, seen }: RunsTabProps): ReactNode {
  const { params } = useRoute();
  const { of, outcome, since, run: openId } = readAddress(params);
  const nowMs = Math.floor(useServerNow(60_000) / hourMs) * hourMs;
  const days = runSpans.find(({ id }) => id === since)?.days ?? 7;
  const fromMs = nowMs - days * 24 * hourMs;
  const round = useSchedule((state) => state.round);
  const answer = useAsked(tableRuns, {
    serverId,
    fromMs,
    limit: runsAtMost,
    round,
    ...(of === null ? {} : { readModel: of }),
  });
  const runs = answer.value?.runs ?? noRuns;
  const decisions = answer.value?.decisions ?? [];
  const shown = useMemo(
    () => (outcome === null ? runs : runs.filter(({ state }) => state === outcome)),
    [runs, outcome],
  );
  const { busy, problem, run: act } = useAction();
  const opened = runs.find(({ runId }) => runId === openId) ?? null;
  const exportCsv = () => saveText(`runs-${label}.csv`, runsCsv(shown), 'text/csv');
  useCommands('schedule-runs', [
    { id: 'runs-csv', title: 'Export the runs as CSV', group: 'Schedule', run: exportCsv },
  ]);
  const model = seen.models.find(({ readModel }) => readModel === of) ?? null;
  const names = [...new Set([...(of === null ? [] : [of]), ...seen.models.map(({ readModel }) => readModel)])];
  return (
    <>
      <div className={styles.tools}>
        <Select
          aria-label="Runs of"
          data={[{ value: '', label: 'all read models' }, ...names.map((value) => ({ value, label: value }))]}
          value={of ?? ''}
          onChange={(value) => setParams({ of: value === '' ? null : value, run: null })}
          searchable
          allowDeselect={false}
        />
        <Select
          aria-label="With the outcome"
          data={[
            { value: '', label: 'every outcome' },
            ...attemptStateSchema.options.map((value) => ({ value, label: outcomeWords[value].text })),
          ]}
          value={outcome ?? ''}
          onChange={(value) => setParams({ outcome: value === '' ? null : value })}
          allowDeselect={false}
        />
        <Select
          aria-label="Of the last"
          data={runSpans.map(({ id, label: words }) => ({ value: id, label: words }))}
          value={since}
          onChange={(value) => setParams({ since: value })}
          allowDeselect={false}
        />
        {runs.length >= runsAtMost && <Tag>the latest {formatCount(runsAtMost)}</Tag>}
        <span className={styles.push} />
        <CopyButton text={runsText(shown)} what="the runs" size="sm" />
        <Button leftSection={<IconDownload size={16} aria-hidden />} disabled={shown.length === 0} onClick={exportCsv}>
          Export CSV
        </Button>
      </div>
      {answer.problem !== null && <FailureNotice problem={answer.problem} onRetry={answer.reload} />}
      {problem !== null && <FailureNotice problem={problem} />}
      {answer.value === null && answer.loading && <p className="db-dim">Loading the runs …</p>}
      {answer.value !== null && runs.length === 0 && (
        <Card fill>
          <EmptyState title="Nothing was refreshed in this time">
            As soon as a runner refreshes{of === null ? ' a read model' : ` ${of}`}, or somebody presses Refresh now,
            each attempt is listed here with its numbers.
          </EmptyState>
        </Card>
      )}
      {runs.length > 0 && (
        <>
          <RunCharts
            runs={runs}
            model={model}
            sinceMs={fromMs}
            onChoose={(name) => setParams({ of: name })}
            names={names}
          />
          <Card fill className={styles.flush}>
            <RunsTable
              runs={shown}
              decisions={decisions}
              openId={openId}
              ofOne={of !== null}
              onOpen={(run) => setParams({ run: run.runId }, { replace: false })}
            />
          </Card>
        </>
      )}
      <RunDrawer
        run={opened}
        decisions={decisions.filter((decision) => isAbout(decision, opened))}
        onClose={() => setParams({ run: null })}
        onCancel={({ readModel, runId }) => void act('cancel', () => cancelRun(serverId, readModel, runId))}
        busy={busy !== null}
      />
    </>
  );
}

/** What was decided before a run began names none: it is told by its read model and the moment. */
const sameMomentMs = 5_000;

function isAbout(decision: GuardRecord, run: RecordedRun | null): boolean {
  if (run === null) return false;
  if (decision.runId !== null) return decision.runId === run.runId;
  return decision.readModel === run.readModel && Math.abs(decision.decidedAtMs - run.startedAtMs) < sameMomentMs;
}

const noRuns: readonly RecordedRun[] = [];
