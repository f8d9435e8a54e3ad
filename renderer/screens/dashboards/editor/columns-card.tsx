import { MultiSelect, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OfferedColumn } from '../../../../shared/model/column-offer.ts';
import type { WidgetDraft } from '../../../../shared/model/dashboard.ts';
import { rolesOf } from '../../../../shared/model/widget-roles.ts';
import { Card } from '../../../app/page.tsx';
import { FormatsTable } from './formats-table.tsx';
import type { UsedEditor } from './use-editor.ts';
import styles from './editor.module.css';

/** Which columns the widget is made of. Only what its kind has is asked. */
export function ColumnsCard({ editor }: { readonly editor: UsedEditor }): ReactNode {
  const { draft, change } = editor;
  const columns = editor.columns.value;
  if (columns === null) {
    return (
      <Card title="Columns">
        <p className={styles.hint}>
          {draft.source.kind === 'read_model' && draft.source.readModel === ''
            ? 'Choose a read model: its columns are offered here.'
            : 'Write a query: its columns are offered here.'}
        </p>
      </Card>
    );
  }
  const roles = rolesOf(draft.kind);
  const named = (role: OfferedColumn['roles'][number]) =>
    columns.filter((column) => column.roles.includes(role)).map(({ name }) => name);
  const numbers = named('values').filter((name) => name !== draft.x);
  return (
    <Card title="Columns">
      <div className={styles.fields}>
        <div className={styles.pair}>
          {roles.x !== 'none' && (
            <Select
              label={draft.kind === 'aging' ? 'Buckets' : 'Categories (x)'}
              data={named('x')}
              value={draft.x}
              onChange={(x) => change({ x })}
              allowDeselect={false}
            />
          )}
          {roles.series !== 'none' && (
            <Select
              label="Series"
              placeholder="none"
              data={named('series').filter((name) => name !== draft.x)}
              value={draft.series}
              onChange={(series) =>
                change({ series, ...(series === null ? {} : { values: draft.values.slice(0, 1) }) })
              }
              clearable={roles.series === 'free'}
              clearButtonProps={{ 'aria-label': 'No series column' }}
              allowDeselect={roles.series === 'free'}
            />
          )}
        </div>
        {draft.kind === 'combined' ? (
          <CombinedValues draft={draft} numbers={numbers} change={change} />
        ) : (
          roles.numeric && (
            <MultiSelect
              label={roles.values.most === 1 || draft.series !== null ? 'Value' : 'Values'}
              data={numbers}
              value={draft.values}
              maxValues={draft.series === null ? roles.values.most : 1}
              onChange={(values) => change({ values })}
            />
          )
        )}
        {draft.kind === 'number' && <ComparisonFields draft={draft} numbers={numbers} change={change} />}
        <FormatsTable draft={draft} columns={columns} change={change} />
      </div>
    </Card>
  );
}

interface PartProps {
  readonly draft: WidgetDraft;
  readonly numbers: readonly string[];
  readonly change: UsedEditor['change'];
}

function CombinedValues({ draft, numbers, change }: PartProps): ReactNode {
  const lines = (draft.options?.lines ?? []).filter((name) => draft.values.includes(name));
  const bars = draft.values.filter((name) => !lines.includes(name));
  const put = (nextBars: readonly string[], nextLines: readonly string[]) =>
    change({ values: [...nextBars, ...nextLines], options: { ...draft.options, lines: [...nextLines] } });
  return (
    <div className={styles.pair}>
      <MultiSelect
        label="Bars"
        description="Axis on the left"
        data={numbers.filter((name) => !lines.includes(name))}
        value={bars}
        onChange={(next) => put(next, lines)}
      />
      <MultiSelect
        label="Lines"
        description="Axis on the right"
        data={numbers.filter((name) => !bars.includes(name))}
        value={lines}
        onChange={(next) => put(bars, next)}
      />
    </div>
  );
}

function ComparisonFields({ draft, numbers, change }: PartProps): ReactNode {
  const { comparison } = draft;
  return (
    <>
      <div className={styles.pair}>
        <Select
          label="Compare with"
          description="A second value in the same row"
          placeholder="nothing"
          data={numbers.filter((name) => !draft.values.includes(name))}
          value={comparison?.column ?? null}
          onChange={(column) =>
            change({ comparison: column === null ? undefined : { with: 'previous', ...comparison, column } })
          }
          clearable
          clearButtonProps={{ 'aria-label': 'Compare with nothing' }}
        />
        {comparison !== undefined && (
          <Select
            label="Which is"
            data={[
              { value: 'previous', label: 'an earlier period' },
              { value: 'target', label: 'a target' },
            ]}
            value={comparison.with}
            onChange={(value) =>
              change({ comparison: { ...comparison, with: value === 'target' ? 'target' : 'previous' } })
            }
            allowDeselect={false}
          />
        )}
      </div>
      {comparison !== undefined && (
        <div className={styles.pair}>
          <TextInput
            label="Called"
            placeholder="e.g. a week ago"
            value={comparison.label ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ comparison: { ...comparison, label: value === '' ? undefined : value } })
            }
          />
          <Select
            label="Good news is"
            placeholder="neither"
            data={[
              { value: 'higher', label: 'more' },
              { value: 'lower', label: 'less' },
            ]}
            value={comparison.better ?? null}
            onChange={(value) =>
              change({
                comparison: { ...comparison, better: value === 'higher' || value === 'lower' ? value : undefined },
              })
            }
            clearable
            clearButtonProps={{ 'aria-label': 'Neither is good news' }}
          />
        </div>
      )}
    </>
  );
}
