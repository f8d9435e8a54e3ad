import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import type { WidgetDraft } from '../../../../shared/model/dashboard.ts';
import { BudgetDetail, budgetKind, budgetOfKind, type BudgetKind } from '../../../app/budget-field.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { Card } from '../../../app/page.tsx';
import { SqlEditor } from '../../../app/sql-editor.tsx';
import { useReadModels, watchReadModels } from '../../../stores/read-models.ts';
import { withSource } from './draft.ts';
import type { UsedEditor } from './use-editor.ts';
import styles from './editor.module.css';

interface SourceCardProps {
  readonly serverId: string;
  readonly editor: UsedEditor;
}

function budgetHint(choice: BudgetKind, source: 'live' | 'read_model'): string {
  if (choice === 'live') return 'Read from the base tables each time: tiny, and through an index.';
  if (source === 'live')
    return 'Asked from the base tables again when it is older than that. A read model spares them.';
  return choice === 'nightly'
    ? 'Counts until the next night’s refresh is due, on the clock of the business.'
    : 'The oldest that its readers accept.';
}

/** Where the numbers come from, and how old they may be. */
export function SourceCard({ serverId, editor }: SourceCardProps): ReactNode {
  const { draft, columns, change } = editor;
  const { source } = draft;
  const models = useReadModels((state) => state.list);
  useEffect(() => watchReadModels(serverId), [serverId]);
  const served = (models.value ?? []).filter(({ currentVersion }) => currentVersion !== null);
  const choice = budgetKind(draft.budget);
  const kindOfSource = (kind: string): Partial<WidgetDraft> =>
    kind === 'live'
      ? { source: { kind: 'live', sql: source.kind === 'live' ? source.sql : '' } }
      : withSource(draft, { kind: 'read_model', readModel: '', sql: '' });
  return (
    <Card title="Where it comes from" aside={columns.loading ? 'asking for its columns …' : undefined}>
      <div className={styles.fields}>
        <SegmentedControl
          aria-label="Source"
          value={source.kind}
          onChange={(kind) => change(kindOfSource(kind))}
          data={[
            { value: 'read_model', label: 'Read model' },
            { value: 'live', label: 'Query over base tables' },
          ]}
        />
        {source.kind === 'read_model' && (
          <Select
            label="Read model"
            placeholder={models.loading && models.value === null ? 'loading …' : 'Choose one'}
            description={
              served.length === 0 && !models.loading
                ? 'There is none on this server yet. Write a query, or propose one under Read models.'
                : (served.find(({ name }) => name === source.readModel)?.question ?? 'Its query is filled in below')
            }
            data={[
              ...new Set([...served.map(({ name }) => name), ...(source.readModel === '' ? [] : [source.readModel])]),
            ]}
            value={source.readModel === '' ? null : source.readModel}
            onChange={(name) => name !== null && editor.readModel(name)}
            allowDeselect={false}
            searchable
          />
        )}
        {models.problem !== null && source.kind === 'read_model' && <FailureNotice problem={models.problem} />}
        <div>
          <div className={styles.label}>Query</div>
          <SqlEditor
            label="Query of the widget"
            value={source.sql}
            onChange={(sql) => change({ source: { ...source, sql } })}
            minHeight={120}
            maxHeight={280}
          />
        </div>
        {columns.problem !== null && <FailureNotice problem={columns.problem} />}
        <div className={styles.budget}>
          <div>
            <div className={styles.label}>Freshness budget</div>
            <SegmentedControl
              aria-label="Freshness budget"
              value={choice}
              onChange={(value) => change({ budget: budgetOfKind(value as BudgetKind) })}
              data={[
                { value: 'live', label: 'Live', disabled: source.kind === 'read_model' },
                { value: 'minutes', label: 'Minutes' },
                { value: 'nightly', label: 'Nightly' },
              ]}
            />
          </div>
          <BudgetDetail label="Freshness budget" budget={draft.budget} onChange={(budget) => change({ budget })} />
          <p className={styles.hint}>{budgetHint(choice, source.kind)}</p>
        </div>
        {source.kind === 'read_model' && (
          <TextInput
            label="Owner"
            description="Who speaks for this widget; the registry names it as a consumer of the read model"
            value={draft.owner ?? ''}
            onChange={({ currentTarget: { value } }) => change({ owner: value.trim() === '' ? undefined : value })}
          />
        )}
      </div>
    </Card>
  );
}
