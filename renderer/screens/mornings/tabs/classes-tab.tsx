import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { statementClassSchema, type Statement, type StatementClass } from '../../../../shared/model/statement.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { statementsSeen } from '../../../stores/incident.ts';
import { setStatementClass } from '../../../stores/mornings.ts';
import { classOverrides } from '../../../stores/open-findings.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { HiddenByFilter } from '../hidden-by-filter.tsx';
import { passing, statementPasses, type Origins } from '../origin-filter.ts';
import { StatementLabel } from '../statement-label.tsx';
import { nameOf } from '../statement-name.ts';
import { useAction } from '../../../app/use-action.ts';
import { classSourceWords, classWords } from '../words.ts';
import { AskedTable } from './asked-table.tsx';
import { matching } from './matching.ts';
import styles from './tabs.module.css';

interface ClassesTabProps {
  readonly serverId: string;
  /** null: only what the person set is listed. */
  readonly window: TimeWindow | null;
  readonly filter: Origins;
  readonly onClearFilter: () => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOpen: (statement: Statement) => void;
  readonly onClassChanged: () => void;
}

/** Your word on what kind of work a statement is: all of them with their undo, and every statement to say it of. */
export function ClassesTab(props: ClassesTabProps): ReactNode {
  const { serverId, window, filter, widgetTitles, onOpen, onClassChanged } = props;
  const overrides = useAsked(classOverrides, { serverId });
  const seen = useAsked(statementsSeen, window === null ? null : { serverId, ...window });
  const [words, setWords] = useState('');
  const { busy, problem, run } = useAction();
  const reloadOverrides = overrides.reload;
  const reloadSeen = seen.reload;

  const set = (statement: Statement, value: StatementClass | null) =>
    void run(statement.statementId, async () => {
      await setStatementClass(serverId, statement.statementId, value);
      reloadOverrides();
      reloadSeen();
      onClassChanged();
    });
  const context = { widgetTitles, busy, set };
  // What the person set is no row of a window: it holds for whoever runs it, and nobody who runs it is known here.
  const asked = useMemo(() => passing(seen.value ?? [], filter, statementPasses), [seen.value, filter]);
  const shown = useMemo(
    () => matching(asked.shown, words, (statement) => nameOf(statement, widgetTitles).name),
    [asked, words, widgetTitles],
  );

  return (
    <>
      {problem !== null && <FailureNotice problem={problem} />}
      <h2 className={styles.tabHeading}>Set by you</h2>
      <AskedTable answer={overrides} what="the classes that you set">
        {(statements) =>
          statements.length === 0 ? (
            <p className={styles.none}>Nothing: every class is what the score or an application’s tag says.</p>
          ) : (
            <DataTable
              label="Classes that you set"
              columns={overrideColumns(context)}
              rows={statements}
              rowKey={({ fingerprint }) => fingerprint}
              {...(window === null ? {} : { onOpen })}
              dense
              {...(statements.length > 20 ? { height: 420, estimatedRowPx: 30 } : {})}
            />
          )
        }
      </AskedTable>
      {window !== null && (
        <>
          <div className={styles.toolbar}>
            <h2 className={styles.tabHeading}>All statements of the window</h2>
            <TextInput
              size="xs"
              w={320}
              className={styles.grow}
              aria-label="Filter the statements"
              placeholder="Words in the statement, application, role"
              leftSection={<IconSearch size={14} aria-hidden />}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
            <span className="db-dim" role="status">
              {shown.length} of {asked.shown.length}
            </span>
          </div>
          <AskedTable answer={seen} what="the statements of the window">
            {() => (
              <>
                <HiddenByFilter count={asked.hidden} what={['statement', 'statements']} onClear={props.onClearFilter} />
                <DataTable
                  label="Statements of the window"
                  columns={statementColumns(context)}
                  rows={shown}
                  rowKey={({ statementId }) => statementId}
                  onOpen={onOpen}
                  height="max(320px, calc(100vh - 420px))"
                  estimatedRowPx={40}
                  initialSort={{ column: 'class', descending: true }}
                  empty={emptyText(words, asked.hidden)}
                />
              </>
            )}
          </AskedTable>
        </>
      )}
    </>
  );
}

function emptyText(words: string, hidden: number): string {
  if (words !== '') return 'No statement has all these words.';
  return hidden > 0 ? 'The filter hides every statement.' : 'No statement was seen in this window.';
}

interface ColumnContext {
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly busy: string | null;
  readonly set: (statement: Statement, value: StatementClass | null) => void;
}

const statementColumn = ({ widgetTitles }: ColumnContext): TableColumn<Statement> => ({
  id: 'statement',
  header: 'statement',
  width: 'minmax(240px, 5fr)',
  cell: (statement) => <StatementLabel statement={statement} widgetTitles={widgetTitles} />,
  sortValue: (statement) => nameOf(statement, widgetTitles).name,
});

const overrideColumns = (context: ColumnContext): readonly TableColumn<Statement>[] => [
  statementColumn(context),
  { id: 'class', header: 'your word', width: '120px', cell: (statement) => classWords[statement.class] },
  {
    id: 'undo',
    header: 'undo',
    width: '160px',
    cell: (statement) => (
      <Button
        size="compact-xs"
        loading={context.busy === statement.statementId}
        onClick={() => context.set(statement, null)}
      >
        Back to the score
      </Button>
    ),
  },
];

const statementColumns = (context: ColumnContext): readonly TableColumn<Statement>[] => [
  statementColumn(context),
  {
    id: 'who',
    header: 'who runs it',
    width: 'minmax(140px, 2fr)',
    cell: ({ applicationNames, roleName }) =>
      [applicationNames.join(', '), roleName].filter((part) => part !== null && part !== '').join(' · '),
    sortValue: ({ applicationNames }) => applicationNames.join(', '),
  },
  {
    id: 'class',
    header: 'class',
    width: '150px',
    cell: (statement) => (
      <Select
        size="xs"
        aria-label={`Class of ${nameOf(statement, context.widgetTitles).name}`}
        data={statementClassSchema.options.map((value) => ({ value, label: classWords[value] }))}
        value={statement.class}
        allowDeselect={false}
        disabled={context.busy === statement.statementId}
        onChange={(value) => {
          const chosen = statementClassSchema.safeParse(value);
          if (chosen.success && chosen.data !== statement.class) context.set(statement, chosen.data);
        }}
      />
    ),
    sortValue: (statement) => statement.class,
  },
  {
    id: 'source',
    header: 'says',
    width: '170px',
    cell: ({ classSource }) => <span className="db-dim">{classSourceWords[classSource]}</span>,
    sortValue: ({ classSource }) => classSource,
  },
];
