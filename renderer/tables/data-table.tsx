import {
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { rowAfterKey } from './row-navigation.ts';
import { compareDecimals } from '../../shared/format/decimal.ts';
import { compareSortValues, type SortValue } from './sort-values.ts';
import styles from './data-table.module.css';

export interface TableColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** Explanation on hover of the header. */
  readonly hint?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Makes the column sortable; null and undefined come last in both directions. */
  readonly sortValue?: (row: Row) => SortValue;
  /** 'decimal': sortValue is exact decimal text (money). */
  readonly sortAs?: 'natural' | 'decimal';
  /** Numbers want 'right', which also sets tabular numerals. */
  readonly align?: 'left' | 'right';
  /** A CSS grid track: '96px', 'minmax(160px, 2fr)'. Default 'minmax(96px, 1fr)'. */
  readonly width?: string;
  /** Lets the text wrap; otherwise it ends in an ellipsis. */
  readonly wrap?: boolean;
}

export interface FooterCell {
  readonly content: ReactNode;
  /** Columns it covers; default 1. */
  readonly span?: number;
  readonly align?: 'left' | 'right';
}

export interface DataTableProps<Row> {
  /** Read by screen readers as the table's name. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Click or Enter. */
  readonly onOpen?: (row: Row) => void;
  /** Any other key on a focused row, e.g. P for propose. Return true when it was used. */
  readonly onRowKey?: (row: Row, key: string) => boolean;
  readonly initialSort?: { readonly column: string; readonly descending: boolean };
  /** Height of the scrolling area (px or a CSS length): rows are virtualized. Without it every row is drawn. */
  readonly height?: number | string;
  /** Shown instead of rows when there are none. */
  readonly empty?: ReactNode;
  /** A last row that is never sorted or scrolled away, from the first column on. */
  readonly footer?: readonly FooterCell[];
  readonly selectedKey?: string | null;
  /** First guess of a row's height, px; rows are measured. */
  readonly estimatedRowPx?: number;
  /** Tighter rows, for tables inside cards. */
  readonly dense?: boolean;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
type Features = typeof features;

function toDefinition<Row extends object>(column: TableColumn<Row>): ColumnDef<Features, Row> {
  const compare = column.sortAs === 'decimal' ? compareDecimals : compareSortValues;
  return {
    id: column.id,
    accessorFn: (row: Row) => column.sortValue?.(row) ?? undefined,
    enableSorting: column.sortValue !== undefined,
    sortUndefined: 'last',
    sortDescFirst: column.align === 'right',
    sortFn: (a, b, id) => compare(a.getValue<string>(id), b.getValue<string>(id)),
  };
}

/**
 * The one table of Daybreak: sortable, virtualized where a height is given, and walked with the keyboard
 * (arrows, Page Up/Down, Home, End, Enter).
 *
 * @example
 * <DataTable
 *   label="Read models"
 *   columns={[{ id: 'name', header: 'name', cell: (m) => m.name, sortValue: (m) => m.name }]}
 *   rows={models}
 *   rowKey={(m) => m.name}
 *   onOpen={(m) => navigate(`/read-models/${m.name}`)}
 *   initialSort={{ column: 'name', descending: false }}
 *   height={480}
 *   empty="No read model yet."
 * />
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactNode {
  const { columns, rows, rowKey, onOpen, onRowKey, height } = props;
  const [sorting, setSorting] = useState<SortingState>(
    props.initialSort ? [{ id: props.initialSort.column, desc: props.initialSort.descending }] : [],
  );
  const definitions = useMemo(() => columns.map(toDefinition), [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowKey,
    state: { sorting },
    onSortingChange: setSorting,
    enableMultiSort: false,
    enableSortingRemoval: false,
  });
  const sorted = table.getRowModel().rows;

  const [activeKey, setActiveKey] = useState<string | null>(null);
  const foundIndex = sorted.findIndex((row) => row.id === (activeKey ?? props.selectedKey));
  const activeIndex = Math.max(0, foundIndex);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = height !== undefined;
  const rangeExtractor = useCallback(
    // The row that owns the Tab stop must stay in the document, or Tab would jump over the table.
    (range: Range) => [...new Set([activeIndex, ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
    [activeIndex],
  );
  // The rule guards memoization by the React Compiler, which this project does not run.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: virtual ? sorted.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.estimatedRowPx ?? 36,
    getItemKey: (index) => sorted[index]?.id ?? index,
    overscan: 8,
    rangeExtractor,
  });

  const focusRow = (index: number) => {
    const key = sorted[index]?.id;
    if (key === undefined) return;
    setActiveKey(key);
    if (virtual) virtualizer.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)
        ?.focus({ preventScroll: virtual }),
    );
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>, index: number, row: Row) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const pageRows = virtual ? virtualizer.getVirtualItems().length - 8 : 10;
    const next = rowAfterKey(event.key, index, sorted.length, pageRows);
    if (next !== null) {
      event.preventDefault();
      focusRow(next);
    } else if ((event.key === 'Enter' || event.key === ' ') && onOpen) {
      event.preventDefault();
      onOpen(row);
    } else if (onRowKey?.(row, event.key)) {
      event.preventDefault();
    }
  };

  const template = columns.map((c) => c.width ?? 'minmax(96px, 1fr)').join(' ');
  const drawRow = (index: number, startPx: number | null) => {
    const row = sorted[index];
    if (!row) return null;
    return (
      <div
        key={row.id}
        ref={startPx === null ? undefined : virtualizer.measureElement}
        data-index={index}
        data-row={row.id}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={props.selectedKey === undefined ? undefined : row.id === props.selectedKey}
        tabIndex={index === activeIndex ? 0 : -1}
        className={onOpen ? `${styles.row} ${styles.opens}` : styles.row}
        style={{
          gridTemplateColumns: template,
          ...(startPx === null ? {} : { position: 'absolute', transform: `translateY(${startPx}px)` }),
        }}
        onFocus={() => setActiveKey(row.id)}
        onKeyDown={(event) => onKeyDown(event, index, row.original)}
        onClick={(event) => {
          const control = event.target instanceof Element && event.target.closest('button, a, input, select, label');
          if (!control && getSelection()?.isCollapsed !== false) onOpen?.(row.original);
        }}
      >
        {columns.map((column) => {
          const content = column.cell(row.original);
          return (
            <div
              key={column.id}
              role="gridcell"
              title={typeof content === 'string' ? content : undefined}
              data-column={column.id}
              data-align={column.align ?? 'left'}
              data-wrap={column.wrap === true}
              className={styles.cell}
            >
              {content}
            </div>
          );
        })}
      </div>
    );
  };

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      data-dense={props.dense === true}
      style={virtual ? { height } : undefined}
      role="grid"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1 + (props.footer ? 1 : 0)}
      aria-colcount={columns.length}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.headRow} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => {
            const shown = table.getColumn(column.id);
            const direction = shown?.getIsSorted() ?? false;
            return (
              <div
                key={column.id}
                role="columnheader"
                title={column.hint}
                data-align={column.align ?? 'left'}
                className={styles.cell}
                aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : undefined}
              >
                {column.sortValue ? (
                  <button type="button" className={styles.sort} onClick={() => shown?.toggleSorting()}>
                    {column.header}
                    <span aria-hidden className={styles.arrow} data-shown={direction !== false}>
                      {direction === 'asc' ? '▲' : '▼'}
                    </span>
                  </button>
                ) : (
                  column.header
                )}
              </div>
            );
          })}
        </div>
      </div>
      {sorted.length === 0 && props.empty !== undefined ? (
        <div role="rowgroup">
          <div role="row" aria-rowindex={2}>
            <div role="gridcell" className={styles.empty}>
              {props.empty}
            </div>
          </div>
        </div>
      ) : (
        <div
          role="rowgroup"
          className={styles.body}
          style={virtual ? { height: virtualizer.getTotalSize() } : undefined}
        >
          {virtual
            ? virtualizer.getVirtualItems().map((item) => drawRow(item.index, item.start))
            : sorted.map((_, index) => drawRow(index, null))}
        </div>
      )}
      {props.footer && (
        <div role="rowgroup" className={styles.foot}>
          <div
            role="row"
            aria-rowindex={sorted.length + 2}
            className={styles.footRow}
            style={{ gridTemplateColumns: template }}
          >
            {props.footer.map((cell, index) => (
              <div
                key={index}
                role="gridcell"
                data-align={cell.align ?? 'left'}
                className={styles.cell}
                style={cell.span ? { gridColumn: `span ${cell.span}` } : undefined}
              >
                {cell.content}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
