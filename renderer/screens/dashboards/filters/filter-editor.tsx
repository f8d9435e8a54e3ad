import { Button, Checkbox, Popover, Select } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { formatCounted } from '../../../../shared/format/count.ts';
import type { DashboardFilter, FilterColumn } from '../../../../shared/model/dashboard-filter.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { columnTitle } from '../../../../shared/charts/widget-shape.ts';
import { askFilterColumns, setFilters } from '../../../stores/dashboard-filters.ts';
import { problemOf } from '../../../stores/failure-error.ts';
import { inTimeZone, isFiltered, timeZoneOf, withColumn, withoutColumn } from './edit-filters.ts';
import styles from './filters.module.css';

interface FilterEditorProps {
  readonly which: { readonly serverId: string; readonly dashboardId: string };
  readonly filters: readonly DashboardFilter[];
  readonly online: boolean;
}

/** Which columns of the read models this dashboard can be filtered by. */
export function FilterEditor({ which, filters, online }: FilterEditorProps): ReactNode {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const columns = useColumns(which, open && online, setProblem);
  const [wished, save] = useWished(which, filters, setProblem);
  const zone = timeZoneOf(wished) ?? localTimeZone();
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md" width={320}>
      <Popover.Target>
        <Button
          size="compact-sm"
          aria-haspopup="dialog"
          leftSection={<IconAdjustments size={14} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          {filters.length === 0 ? 'Add filters' : 'Filters'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.editor}>
          <p className={styles.editorText}>
            {online
              ? 'Columns of the read models behind these widgets. A widget whose read model has no such column says so.'
              : 'The columns are asked from the database, and it is out of reach.'}
          </p>
          {columns.map((column) => (
            <Checkbox
              key={`${column.kind} ${column.column}`}
              size="xs"
              label={columnTitle(column.column)}
              description={`${column.kind === 'period' ? 'a period' : 'names'} in ${formatCounted(column.readModels.length, 'read model')}`}
              checked={isFiltered(wished, column)}
              onChange={(event) =>
                save(event.currentTarget.checked ? withColumn(wished, column, zone) : withoutColumn(wished, column))
              }
            />
          ))}
          {timeZoneOf(wished) !== null && (
            <Select
              size="xs"
              label="Days begin in"
              description="The business’s own time zone"
              data={timeZones()}
              value={zone}
              searchable
              openOnFocus={false}
              allowDeselect={false}
              onChange={(next) => next !== null && save(inTimeZone(wished, next))}
              comboboxProps={{ withinPortal: false }}
            />
          )}
          {problem !== null && <p role="alert">{problem}</p>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What was asked for shows at once; what the engine refuses is taken back. */
function useWished(
  which: FilterEditorProps['which'],
  filters: readonly DashboardFilter[],
  onProblem: (message: string | null) => void,
): [readonly DashboardFilter[], (next: readonly DashboardFilter[]) => void] {
  const [wish, setWish] = useState<{ over: readonly DashboardFilter[]; next: readonly DashboardFilter[] } | null>(null);
  const save = (next: readonly DashboardFilter[]) => {
    onProblem(null);
    setWish({ over: filters, next });
    setFilters(which, next).catch((error: unknown) => {
      setWish(null);
      onProblem(problemOf(error).message);
    });
  };
  // Once the engine's own word is here, it counts.
  return [wish?.over === filters ? wish.next : filters, save];
}

function timeZones(): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), localTimeZone(), 'UTC'])].toSorted();
}

function useColumns(
  { serverId, dashboardId }: FilterEditorProps['which'],
  wanted: boolean,
  onProblem: (message: string) => void,
): readonly FilterColumn[] {
  const [columns, setColumns] = useState<readonly FilterColumn[]>([]);
  useEffect(() => {
    if (!wanted) return;
    let stopped = false;
    askFilterColumns({ serverId, dashboardId }).then(
      (found) => {
        if (!stopped) setColumns(found);
      },
      (error: unknown) => {
        if (!stopped) onProblem(problemOf(error).message);
      },
    );
    return () => {
      stopped = true;
    };
  }, [serverId, dashboardId, wanted, onProblem]);
  return columns;
}
