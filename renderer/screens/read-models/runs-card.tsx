import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Run } from '../../../shared/model/read-model.ts';
import { momentExact, momentText } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import styles from './read-models.module.css';
import { runWords } from './words.ts';

const barsShown = 30;
const rowsShown = 12;

/** How long refreshes took, and how each of them ended; newest first in the table, oldest first in the bars. */
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
      <table className={styles.table}>
        <thead>
          <tr>
            <th>started</th>
            <th>result</th>
            <th className={styles.number}>rows</th>
            <th className={styles.number}>took</th>
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
                {run.error !== null && <div className="db-dim">{run.error}</div>}
              </td>
              <td className={styles.number}>{run.rows === null ? '–' : formatCount(run.rows)}</td>
              <td className={styles.number}>{tookText(run)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {runs.length > rowsShown && <div className="db-dim">and {runs.length - rowsShown} earlier ones</div>}
    </Card>
  );
}

const tookMs = (run: Run) => (run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs);

function tookText(run: Run): string {
  const ms = tookMs(run);
  return ms === null ? '–' : formatDuration(ms);
}

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
          className={`${styles.bar} ${run.state === 'failed' ? styles.barFailed : ''}`}
          style={{ height: `${((tookMs(run) ?? 0) / longestMs) * 100}%` }}
          title={`${momentExact(run.startedAtMs)}: ${runWords[run.state].text}, ${tookText(run)}`}
        />
      ))}
    </div>
  );
}
