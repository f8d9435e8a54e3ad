import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Run } from '../../../shared/model/read-model.ts';
import { momentExact, momentText } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { modeWords } from '../../i18n/words.ts';
import styles from './read-models.module.css';
import { runWords } from './words.ts';

const barsShown = 30;
const rowsShown = 12;

/** How long refreshes took, how each of them ended and what it wrote; why it went that way on hover. Newest first in the table, oldest first in the bars. */
export function RunsCard({ runs }: { readonly runs: readonly Run[] }) {
  const nowMs = useNow(60_000);
  if (runs.length === 0) {
    return (
      <Card title="Runs">
        <span className="db-dim">No refresh has run yet. The plan that builds a version fills it once.</span>
      </Card>
    );
  }
  return (
    <Card title="Runs" aside="duration">
      <Bars runs={runs.slice(0, barsShown).toReversed()} />
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Runs">
        <table className={styles.table}>
          <thead>
            <tr>
              <th>started</th>
              <th>result</th>
              <th className={styles.number}>took</th>
              <th>how</th>
              <th className={styles.number}>rows written</th>
              <th className={styles.number}>WAL</th>
              <th className={styles.number}>temporary</th>
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, rowsShown).map((run) => (
              <tr key={run.runId}>
                <td className={styles.when} title={momentExact(run.startedAtMs)}>
                  {momentText(run.startedAtMs, nowMs)}
                </td>
                <td>
                  <Tag tone={runWords[run.state].tone}>{runWords[run.state].text}</Tag>
                  {run.error !== null && <div className={styles.runError}>{run.error}</div>}
                </td>
                <td className={styles.number}>{tookText(run)}</td>
                <td className={styles.when} title={run.reason ?? undefined}>
                  {modeWords[run.mode]}
                </td>
                <td className={styles.number} title={writtenTitle(run)}>
                  {writtenText(run)}
                </td>
                <td className={styles.number}>{bytesText(run.cost?.walBytes)}</td>
                <td className={styles.number}>{bytesText(run.cost?.tempBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {runs.length > rowsShown && <div className="db-dim">and {runs.length - rowsShown} earlier ones</div>}
    </Card>
  );
}

const tookMs = (run: Run) => (run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs);

function tookText(run: Run): string {
  const ms = tookMs(run);
  return ms === null ? '–' : formatDuration(ms);
}

/** Rows that the run wrote; of how many, on hover. */
function writtenText({ cost }: Run): string {
  if (cost === null || cost.rowsInserted === null) return '–';
  return formatCount(Math.max(cost.rowsInserted, cost.rowsDeleted ?? 0) + (cost.rowsUpdated ?? 0));
}

function writtenTitle({ cost, rows }: Run): string {
  const count = (value: number | null | undefined) => (value == null ? '?' : formatCount(value));
  return `${count(cost?.rowsInserted)} inserted, ${count(cost?.rowsUpdated)} updated, ${count(cost?.rowsDeleted)} deleted; ${count(rows)} rows in all`;
}

const bytesText = (bytes: number | null | undefined): string => (bytes == null ? '–' : formatBytes(bytes));

function Bars({ runs }: { readonly runs: readonly Run[] }) {
  const longestMs = Math.max(1, ...runs.map((run) => tookMs(run) ?? 0));
  return (
    <div
      className={styles.bars}
      role="img"
      aria-label={`Durations of the last ${runs.length} runs; the table has them`}
    >
      {runs.map((run) => (
        <div
          key={run.runId}
          className={`${styles.bar} ${run.state === 'failed' ? styles.barFailed : run.state === 'cancelled' ? styles.barCancelled : ''}`}
          style={{ height: `${((tookMs(run) ?? 0) / longestMs) * 100}%` }}
          title={`${momentExact(run.startedAtMs)}: ${runWords[run.state].text}, ${tookText(run)}`}
        />
      ))}
    </div>
  );
}
