import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Explained, MissingValue } from '../../../../shared/model/explain.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { momentExact } from '../../../app/moments.ts';
import { SqlEditor } from '../../../app/sql-editor.tsx';
import { Tag } from '../../../app/tag.tsx';
import { valueOrigins } from '../../../app/value-origins.ts';
import { ValuesForm } from '../../../app/values-form.tsx';
import { methodText, placeholders } from './plan-nodes.ts';
import { PlanTree } from './plan-tree.tsx';
import styles from './drawer.module.css';

interface ExplainedPlanProps {
  readonly explained: Explained;
  /** Plans it again with these values; left out: nobody can be asked now. */
  readonly onOtherValues?: (values: Readonly<Record<string, string>>, asked: readonly MissingValue[]) => void;
}

/** One plan: how it was taken, its tree, the values it was planned with, and the SQL. */
export function ExplainedPlan({ explained, onOtherValues }: ExplainedPlanProps): ReactNode {
  const [editing, setEditing] = useState(false);
  const { analyzed, planningMs, executionMs, notes, values } = explained;
  // A generic plan has no values; its text still has the places for them.
  const names = values.length > 0 ? values.map(({ name }) => name) : placeholders(explained.sql);
  const asked = names.map((name): MissingValue => ({ name, type: null, context: '' }));
  return (
    <>
      <div className={styles.head}>
        <Tag tone={analyzed ? 'accent' : 'neutral'}>{methodText(explained)}</Tag>
        {executionMs !== null && <Tag>ran {formatDuration(executionMs)}</Tag>}
        {planningMs !== null && <Tag>planned in {formatDuration(planningMs)}</Tag>}
        <span className="db-dim">{momentExact(explained.takenAtMs)}</span>
      </div>
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <PlanTree root={explained.root} analyzed={analyzed} />
      {names.length > 0 && (values.length > 0 || onOtherValues !== undefined) && (
        <section aria-label="Values">
          <div className={styles.sectionHead}>
            <h3>{values.length > 0 ? 'Planned with' : 'Planned for any value'}</h3>
            {onOtherValues !== undefined && !editing && (
              <Button size="compact-sm" onClick={() => setEditing(true)}>
                {values.length > 0 ? 'Other values …' : 'Plan it with values …'}
              </Button>
            )}
          </div>
          {editing && onOtherValues !== undefined ? (
            <ValuesForm
              known
              missing={asked}
              initial={Object.fromEntries(values.map(({ name, literal }) => [name, literal]))}
              onSubmit={(next) => {
                setEditing(false);
                onOtherValues(next, asked);
              }}
              onClose={() => setEditing(false)}
            />
          ) : (
            <ul className={styles.values}>
              {values.map(({ name, literal, origin }) => (
                <li key={name}>
                  <code>{name}</code> = <code>{literal}</code> <span className="db-dim">{valueOrigins[origin]}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
      <section aria-label="Planned statement">
        <div className={styles.sectionHead}>
          <h3>What was planned</h3>
          <CopyButton text={explained.sql} what="the planned statement" />
        </div>
        <SqlEditor value={explained.sql.slice(0, 20_000)} label="Planned statement" maxHeight={240} />
      </section>
    </>
  );
}
