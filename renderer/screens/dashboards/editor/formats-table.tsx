import { Autocomplete, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { isCurrency, usualCurrencies } from '../../../../shared/format/locale.ts';
import type { OfferedColumn } from '../../../../shared/model/column-offer.ts';
import { columnFormatSchema, type WidgetDraft } from '../../../../shared/model/dashboard.ts';
import { isNumericType } from '../../../../shared/model/widget-roles.ts';
import type { UsedEditor } from './use-editor.ts';
import styles from './editor.module.css';

interface FormatsTableProps {
  readonly draft: WidgetDraft;
  readonly columns: readonly OfferedColumn[];
  readonly change: UsedEditor['change'];
}

const numeric = new Set(['integer', 'decimal', 'money', 'percent']);

/** How each column is printed, the ones that only the table twin shows included. */
export function FormatsTable({ draft, columns, change }: FormatsTableProps): ReactNode {
  const formatOf = (column: OfferedColumn) => draft.formats[column.name] ?? column.format;
  const money = columns.filter((column) => formatOf(column) === 'money');
  return (
    <div>
      <table className={styles.formats}>
        <caption className={styles.label}>Formats</caption>
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">format</th>
            {money.length > 1 && <th scope="col">currency</th>}
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                {column.name}
                <span className={styles.type}>{column.type}</span>
              </th>
              <td>
                <Select
                  size="xs"
                  aria-label={`Format of ${column.name}`}
                  data={columnFormatSchema.options.filter(
                    (format) => !numeric.has(format) || isNumericType(column.type),
                  )}
                  value={formatOf(column)}
                  onChange={(value) => {
                    const format = columnFormatSchema.safeParse(value);
                    if (format.success) change({ formats: { ...draft.formats, [column.name]: format.data } });
                  }}
                  allowDeselect={false}
                />
              </td>
              {money.length > 1 && (
                <td>
                  {formatOf(column) === 'money' && <OwnCurrency column={column.name} draft={draft} change={change} />}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {money.length > 0 && (
        <Autocomplete
          mt={8}
          label="Currency"
          description="ISO code; empty prints amounts without a sign"
          data={usualCurrencies}
          value={draft.currency ?? ''}
          onChange={(value) => change({ currency: value.trim() === '' ? null : value.trim().toUpperCase() })}
          error={
            draft.currency !== null && !isCurrency(draft.currency) ? `${draft.currency} is no currency` : undefined
          }
        />
      )}
    </div>
  );
}

interface OwnCurrencyProps {
  readonly column: string;
  readonly draft: WidgetDraft;
  readonly change: UsedEditor['change'];
}

/** Of a column that is not in the widget's currency. */
function OwnCurrency({ column, draft, change }: OwnCurrencyProps): ReactNode {
  const own = draft.currencies?.[column] ?? null;
  return (
    <Select
      size="xs"
      aria-label={`Currency of ${column}`}
      placeholder={draft.currency ?? 'none'}
      data={[...new Set([...usualCurrencies, ...(own === null ? [] : [own])])]}
      value={own}
      onChange={(value) => {
        const { [column]: _, ...others } = draft.currencies ?? {};
        const currencies = value === null ? others : { ...others, [column]: value };
        change({ currencies: Object.keys(currencies).length === 0 ? undefined : currencies });
      }}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `${column} in the widget’s currency` }}
    />
  );
}
