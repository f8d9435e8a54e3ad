import { Button, Switch, Tooltip } from '@mantine/core';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatPercent } from '../../../../shared/format/ratio.ts';
import type { OpenFinding } from '../../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentExact, momentText } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import { useNow } from '../../../app/use-now.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { onMorningsChange } from '../../../stores/mornings.ts';
import { dismissFinding, openFindings } from '../../../stores/open-findings.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { GradeTag } from '../grade-tag.tsx';
import { HiddenByFilter } from '../hidden-by-filter.tsx';
import { openFindingPasses, passing, type Origins } from '../origin-filter.ts';
import { StatementLabel } from '../statement-label.tsx';
import { nameOf } from '../statement-name.ts';
import { useAction } from '../../../app/use-action.ts';
import { cureOf, openStateWords } from '../words.ts';
import { AskedTable } from './asked-table.tsx';
import styles from './tabs.module.css';

interface OpenFindingsTabProps {
  readonly serverId: string;
  readonly filter: Origins;
  readonly onClearFilter: () => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  /** Shows a finding in the window in which it was worst. */
  readonly onOpen: (window: TimeWindow, statement: Statement) => void;
  /** null: there is no server to propose for. */
  readonly onPropose: ((statement: Statement) => void) | null;
}

/** Findings of all mornings: each stays here, with who still runs it, until the old statement is gone. */
export function OpenFindingsTab(props: OpenFindingsTabProps): ReactNode {
  const { serverId, filter, widgetTitles, onPropose } = props;
  const [all, setAll] = useState(false);
  const answer = useAsked(openFindings, { serverId, all });
  const { busy, problem, run } = useAction();
  const nowMs = useNow(60_000);
  const { value, reload } = answer;
  const { shown, hidden } = useMemo(() => passing(value ?? [], filter, openFindingPasses), [value, filter]);
  // A window that was just diagnosed may have opened one. The closure changes with every render, the subject does not.
  useEffect(() => onMorningsChange(serverId, reload), [serverId, all]); // oxlint-disable-line react/exhaustive-deps
  const columns = useMemo(
    () =>
      openColumns({
        widgetTitles,
        nowMs,
        busy,
        onPropose,
        put: (finding) =>
          void run(finding.fingerprint, () =>
            dismissFinding(serverId, finding.fingerprint, finding.state !== 'dismissed'),
          ),
      }),
    [widgetTitles, nowMs, busy, onPropose, run, serverId],
  );
  return (
    <>
      <div className={styles.toolbar}>
        <span className="db-dim">A finding stays open until nobody runs its statement any more.</span>
        <Switch
          size="xs"
          className={styles.grow}
          label="also gone and put aside"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      </div>
      {problem !== null && <FailureNotice problem={problem} />}
      <AskedTable answer={answer} what="the open findings">
        {() => (
          <>
            <HiddenByFilter count={hidden} what={['finding', 'findings']} onClear={props.onClearFilter} />
            <DataTable
              label="Open findings"
              columns={columns}
              rows={shown}
              rowKey={({ fingerprint }) => fingerprint}
              onOpen={({ window, statement }) => props.onOpen(window, statement)}
              onRowKey={({ cure, statement }, key) => {
                if (key.toLowerCase() !== 'p' || cure !== 'read_model' || onPropose === null) return false;
                onPropose(statement);
                return true;
              }}
              initialSort={{ column: 'damage', descending: true }}
              {...(shown.length > 40 ? { height: 'max(360px, calc(100vh - 320px))', estimatedRowPx: 50 } : {})}
              empty={
                hidden > 0
                  ? 'The filter hides every finding.'
                  : `Nothing ${all ? 'was found yet' : 'is open'}. Choose a window: what it finds stays here until it is gone.`
              }
            />
          </>
        )}
      </AskedTable>
    </>
  );
}

interface ColumnContext {
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly nowMs: number;
  readonly busy: string | null;
  readonly onPropose: OpenFindingsTabProps['onPropose'];
  readonly put: (finding: OpenFinding) => void;
}

function openColumns({
  widgetTitles,
  nowMs,
  busy,
  onPropose,
  put,
}: ColumnContext): readonly TableColumn<OpenFinding>[] {
  return [
    {
      id: 'statement',
      header: 'statement',
      width: 'minmax(188px, 4fr)',
      cell: ({ statement, window }) => (
        <div className={styles.two}>
          <StatementLabel statement={statement} widgetTitles={widgetTitles} />
          <small>worst at {momentText(window.fromMs, nowMs)}</small>
        </div>
      ),
      sortValue: ({ statement }) => nameOf(statement, widgetTitles).name,
    },
    {
      id: 'state',
      header: 'state',
      width: '92px',
      cell: ({ state }) => <Tag tone={openStateWords[state].tone}>{openStateWords[state].text}</Tag>,
      sortValue: ({ state }) => state,
    },
    {
      id: 'grade',
      header: 'grade',
      width: '116px',
      cell: ({ grade }) => <GradeTag grade={grade} />,
      sortValue: ({ grade }) => grade,
    },
    {
      id: 'damage',
      header: 'damage',
      hint: 'In the worst window that was diagnosed, and its share there',
      align: 'right',
      width: '98px',
      cell: ({ damageSeconds, blameShare }) => (
        <div className={styles.two}>
          <span>{formatDuration(damageSeconds * 1000)}</span>
          <small>{formatPercent(blameShare)} of it all</small>
        </div>
      ),
      sortValue: ({ damageSeconds }) => damageSeconds,
    },
    {
      id: 'last',
      header: 'last run',
      width: '108px',
      cell: ({ lastRunAtMs }) =>
        lastRunAtMs === null ? '–' : <span title={momentExact(lastRunAtMs)}>{momentText(lastRunAtMs, nowMs)}</span>,
      sortValue: ({ lastRunAtMs }) => lastRunAtMs,
    },
    {
      id: 'who',
      header: 'still run by',
      hint: 'In the last 24 hours that were sampled',
      width: 'minmax(120px, 2fr)',
      cell: ({ stillRunBy }) => <StillRunBy stillRunBy={stillRunBy} />,
      sortValue: ({ stillRunBy }) => stillRunBy.length,
    },
    {
      id: 'without',
      header: 'a save without it',
      hint: 'Predicted for the worst window, and measured at the same clock times once it was gone',
      align: 'right',
      width: '128px',
      cell: (finding) => <Without {...finding} />,
      sortValue: ({ outcome, prediction }) => outcome?.meanMs ?? prediction?.meanMs ?? null,
    },
    {
      id: 'cure',
      header: 'cure',
      width: '164px',
      cell: (finding) => (
        <div className={styles.row}>
          {finding.cure === 'read_model' && onPropose !== null ? (
            <Button size="compact-xs" onClick={() => onPropose(finding.statement)}>
              Propose
            </Button>
          ) : (
            <Tooltip label={cureOf(finding).reason}>
              <span className="db-dim">{cureOf(finding).short}</span>
            </Tooltip>
          )}
          {finding.state !== 'gone' && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              loading={busy === finding.fingerprint}
              onClick={() => put(finding)}
            >
              {finding.state === 'dismissed' ? 'Take up again' : 'Put aside'}
            </Button>
          )}
        </div>
      ),
    },
  ];
}

function Without({ prediction, outcome }: Pick<OpenFinding, 'prediction' | 'outcome'>): ReactNode {
  if (prediction === undefined) return <span className="db-dim">–</span>;
  const p95 = ({ p95Ms }: { readonly p95Ms: number | null }) =>
    p95Ms === null ? '' : `, 95 of 100 within ${formatDuration(p95Ms)}`;
  return (
    <div className={styles.two}>
      <span title={`predicted on average${p95(prediction)}`}>{formatDuration(prediction.meanMs)} predicted</span>
      {outcome === undefined ? (
        <small>not measured yet</small>
      ) : (
        <small title={`measured on average${p95(outcome)}; ${momentExact(outcome.fromMs)}`}>
          {formatDuration(outcome.meanMs)} measured
        </small>
      )}
    </div>
  );
}

function StillRunBy({ stillRunBy }: Pick<OpenFinding, 'stillRunBy'>): ReactNode {
  if (stillRunBy.length === 0) return <span className="db-dim">nobody seen</span>;
  const who = stillRunBy.map(({ applicationName, roleName }) =>
    [applicationName === '' ? '(no name)' : applicationName, roleName].filter((part) => part !== null).join(' as '),
  );
  return <span title={who.join('\n')}>{who.join(', ')}</span>;
}
