import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { isForRegistry, type CheckedProposal, type Plan } from '../../../shared/model/read-model.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { momentExact } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import styles from './read-models.module.css';
import { periodText } from './words.ts';

/** Kinds after which readers of a name that they know see other columns, or might. */
const changesReaders: ReadonlySet<Plan['kind']> = new Set(['new_version', 'roll_back', 'resume', 'import']);

/** What the plan rests on, what it changes for readers, and what to mind. */
export function PlanFacts({ plan }: { readonly plan: Plan }) {
  const checked = plan.proposal;
  return (
    <div className={styles.stack}>
      {plan.warnings.length > 0 && (
        <Card title="Mind this">
          <ul className={styles.warnings}>
            {plan.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Card>
      )}
      {changesReaders.has(plan.kind) && (
        <Card title="What changes for readers">
          {plan.contractChanges.length === 0 ? (
            <span className="db-dim">Nothing: the same columns in the same order.</span>
          ) : (
            <ul className={styles.warnings}>
              {plan.contractChanges.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          )}
        </Card>
      )}
      <Card title="What it rests on">
        <dl className={styles.facts}>
          {!isForRegistry(plan.kind) && (
            <>
              <dt>stable name</dt>
              <dd className={styles.mono}>
                {plan.schema}.{plan.readModel}
              </dd>
            </>
          )}
          {checked !== null && (
            <>
              <dt>rows</dt>
              <dd>about {formatCount(checked.expectedRows)}</dd>
              <dt>size</dt>
              <dd>about {formatBytes(checked.expectedBytes)}</dd>
              <dt>key</dt>
              <dd className={styles.mono}>{checked.proposal.keyColumns.join(', ') || '–'}</dd>
              <dt>reads</dt>
              <dd className={styles.mono}>{checked.baseTables.join(', ') || '–'}</dd>
              <dt>refreshed</dt>
              <dd>
                {checked.proposal.period === undefined ? 'all of it, every time' : periodText(checked.proposal.period)}
              </dd>
              {checked.proposal.grantTo.length > 0 && (
                <>
                  <dt>readable by</dt>
                  <dd className={styles.mono}>{checked.proposal.grantTo.join(', ')}</dd>
                </>
              )}
              {checked.proposal.consumers.length > 0 && (
                <>
                  <dt>consumers</dt>
                  <dd>
                    {checked.proposal.consumers
                      .map(({ consumer }) => consumer.replace(/^widget:/, 'widget '))
                      .join(', ')}
                  </dd>
                </>
              )}
            </>
          )}
          <dt>made</dt>
          <dd>{momentExact(plan.createdAtMs)}</dd>
          <dt>hash</dt>
          <dd className={styles.mono} title={plan.planHash}>
            {plan.planHash.slice(0, 16)}…
          </dd>
        </dl>
      </Card>
      {plan.disk != null && (
        <Card title="Disk" aside="foreseen">
          <dl className={styles.facts}>
            <dt>the new copy</dt>
            <dd>{formatBytes(plan.disk.copyBytes)}</dd>
            <dt>its key</dt>
            <dd>{formatBytes(plan.disk.indexBytes)}</dd>
            <dt>write-ahead log</dt>
            <dd>{formatBytes(plan.disk.walBytes)}</dd>
            {plan.disk.laterBytes > 0 && (
              <>
                <dt>later</dt>
                <dd>{formatBytes(plan.disk.laterBytes)} for a second copy, with the first refresh side by side</dd>
              </>
            )}
            <dt>free</dt>
            <dd>{plan.disk.freeBytes === null ? 'not known' : formatBytes(plan.disk.freeBytes)}</dd>
          </dl>
          <p className="db-dim">
            From {plan.disk.basis}. {plan.disk.freeNote}
          </p>
        </Card>
      )}
      {checked !== null && plan.proof?.text !== undefined && <PlanProof plan={plan} />}
      {checked !== null && (
        <Card
          title="How a reader asks afterwards"
          tags={plan.proof == null ? undefined : <ProofTag plan={plan} />}
          aside={<CopyButton text={readerText(checked)} what="the reader’s query" />}
        >
          <SqlEditor value={readerText(checked)} label="Query over the read model" maxHeight={220} />
        </Card>
      )}
    </div>
  );
}

/** The statement's own rewriting where there is one. */
const readerText = ({ derivation, readerSql }: CheckedProposal): string => derivation?.rewrittenSql ?? readerSql;

function ProofTag({ plan }: { readonly plan: Plan }) {
  if (plan.unproven === true) return <Tag tone="warning">unproven, by a person’s word</Tag>;
  return plan.proof?.verdict === 'proven' ? <Tag tone="good">proven</Tag> : <Tag>as it serves now</Tag>;
}

/** What was compared before the plan was made, what was not, and how each widget asks afterwards. */
function PlanProof({ plan }: { readonly plan: Plan }) {
  const originals = plan.proof?.originals ?? [];
  return (
    <Card title="Proof" tags={<ProofTag plan={plan} />}>
      {originals.length === 0 ? (
        <p>{plan.proof?.text}</p>
      ) : (
        originals.map(({ originalId, kind, label, text, rewrittenSql }) => (
          <div key={originalId} className={styles.below}>
            <p>
              <strong>Against {label}.</strong> {text}
            </p>
            {kind === 'widget' && rewrittenSql !== null && (
              <details className={styles.undo}>
                <summary>How it asks afterwards</summary>
                <SqlEditor value={rewrittenSql} label={`Query over the read model of ${label}`} maxHeight={160} />
              </details>
            )}
          </div>
        ))
      )}
    </Card>
  );
}
