import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ExpectedSaving } from '../../../shared/model/derivation.ts';
import type { CheckedProposal } from '../../../shared/model/read-model.ts';
import { budgetText } from '../../app/budget-text.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { valueOrigins } from '../../app/value-origins.ts';
import { modeWords } from '../../i18n/words.ts';
import type { Loadable } from '../../stores/loadable.ts';
import styles from './read-models.module.css';

interface ProposalFactsProps {
  readonly checked: Loadable<CheckedProposal>;
  readonly keyColumns: readonly string[];
}

/** What the server says about the definition: columns, size, what it reads, what to mind. */
export function ProposalFacts({ checked, keyColumns }: ProposalFactsProps) {
  const { value, loading } = checked;
  if (value === null) {
    return (
      <Card title="What the server says">
        <span className="db-dim">
          {loading ? 'Asking the server …' : 'Columns, estimates and warnings come as soon as there is a SELECT.'}
        </span>
      </Card>
    );
  }
  return (
    <div className={styles.stack}>
      {value.warnings.length > 0 && (
        <Card title="Mind this" tags={<Tag tone="warning">{value.warnings.length}</Tag>}>
          <ul className={styles.warnings}>
            {value.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Card>
      )}
      {(value.constants ?? []).length > 0 && (
        <Card title="Constants" aside="as they were sent">
          <table className={styles.table}>
            <tbody>
              {value.constants?.map(({ name, literal, origin }) => (
                <tr key={name}>
                  <td className={styles.mono}>{name}</td>
                  <td className={styles.mono}>{literal}</td>
                  <td className="db-dim">{valueOrigins[origin]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
      <Card title="What the server says" aside="planner’s estimates">
        <dl className={styles.facts}>
          <dt>rows</dt>
          <dd>about {formatCount(value.expectedRows)}</dd>
          <dt>size</dt>
          <dd>about {formatBytes(value.expectedBytes)}</dd>
          <dt>cost of a refresh</dt>
          <dd>{formatCount(value.expectedCost)} (EXPLAIN’s units)</dd>
          <dt>reads</dt>
          <dd className={styles.mono}>{value.baseTables.join(', ') || '–'}</dd>
          {value.refresh !== undefined && (
            <>
              <dt>refreshed</dt>
              <dd>
                {modeWords[value.refresh.mode]}: {value.refresh.reason}
              </dd>
            </>
          )}
          {value.budget !== undefined && (
            <>
              <dt>may be old</dt>
              <dd>
                begin with {budgetText(value.budget)}: {value.budget.reason}
              </dd>
            </>
          )}
        </dl>
      </Card>
      {value.saving != null && <ExpectedSavingCard saving={value.saving} />}
      <Card title="Columns">
        <table className={styles.table}>
          <tbody>
            {value.columns.map((column) => (
              <tr key={column.name}>
                <td className={styles.mono}>{column.name}</td>
                <td className={`${styles.mono} db-dim`}>{column.type}</td>
                <td>{keyColumns.includes(column.name) && <Tag tone="accent">key</Tag>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </div>
  );
}

/** What the finding's worst window would have been without the statement. */
function ExpectedSavingCard({ saving }: { readonly saving: ExpectedSaving }) {
  const { grade, blameShare, damageSeconds, meanMs, p95Ms } = saving;
  return (
    <Card title="What it should save" aside={`grade ${grade}`}>
      <dl className={styles.facts}>
        <dt>damage</dt>
        <dd>
          {Math.round(blameShare * 100)} % of the worst window’s, {formatDuration(damageSeconds * 1000)}
        </dd>
        <dt>a save without it</dt>
        <dd>
          {meanMs === null
            ? 'cannot be told'
            : `${formatDuration(meanMs)} on average${p95Ms === null ? '' : `, p95 ${formatDuration(p95Ms)}`}`}
        </dd>
      </dl>
    </Card>
  );
}
