import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Consumer, MaterializedView } from '../../../shared/model/read-model.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { importable, planImport } from '../../stores/lifecycle.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { ConsumersField } from './consumers-field.tsx';
import styles from './read-models.module.css';

/** Existing materialized views, and the plan that brings one under Daybreak's care. */
export function ImportPage({ server }: { readonly server: ServerSummary }) {
  const { serverId } = server;
  const [views, setViews] = useState<readonly MaterializedView[] | null>(null);
  const [chosen, setChosen] = useState<MaterializedView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let wanted = true;
    importable(serverId).then(
      (found) => wanted && (setViews(found), setProblem(null)),
      (error: unknown) => wanted && setProblem(problemOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [serverId, asked]);
  return (
    <Page
      title="Import a materialized view"
      lede="Its definition becomes version 1; its rows are read anew and proved. Then the stable view takes its name, with its grants, indexes and comment, so whoever asks by name goes on."
    >
      {problem !== null && <FailureNotice problem={problem} onRetry={() => setAsked(asked + 1)} />}
      {views === null && problem === null && <p className="db-dim">Looking for materialized views …</p>}
      {views?.length === 0 && (
        <Card>
          <EmptyState
            title="There is nothing to import"
            actions={<Button onClick={() => navigate('/read-models')}>All read models</Button>}
          >
            The database has no materialized view that Daybreak does not manage already.
          </EmptyState>
        </Card>
      )}
      {views !== null && views.length > 0 && (
        <Card className={styles.flush}>
          <DataTable
            label="Materialized views"
            columns={columns}
            rows={views}
            rowKey={(view) => `${view.schema}.${view.name}`}
            onOpen={setChosen}
            initialSort={{ column: 'name', descending: false }}
          />
        </Card>
      )}
      {chosen !== null && <ImportForm key={`${chosen.schema}.${chosen.name}`} server={server} view={chosen} />}
    </Page>
  );
}

const columns: readonly TableColumn<MaterializedView>[] = [
  {
    id: 'name',
    header: 'materialized view',
    width: 'minmax(200px, 2fr)',
    cell: (view) => (
      <span className={styles.inline}>
        {view.schema}.{view.name}
        {!view.ownedByUs && <Tag tone="warning">belongs to {view.owner}</Tag>}
      </span>
    ),
    sortValue: (view) => `${view.schema}.${view.name}`,
  },
  {
    id: 'key',
    header: 'key',
    hint: 'Of its first unique index',
    cell: (view) => view.keyColumns?.join(', ') ?? '–',
    sortValue: (view) => view.keyColumns?.join(', ') ?? '',
  },
  {
    id: 'size',
    header: 'size',
    width: '90px',
    align: 'right',
    cell: (view) => formatBytes(view.sizeBytes),
    sortValue: (view) => view.sizeBytes,
  },
];

const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function ImportForm({ server, view }: { readonly server: ServerSummary; readonly view: MaterializedView }) {
  const [question, setQuestion] = useState(view.comment ?? '');
  const [name, setName] = useState(view.name);
  const [owner, setOwner] = useState('');
  const [key, setKey] = useState(view.keyColumns?.join(', ') ?? '');
  const [consumers, setConsumers] = useState<readonly Consumer[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [planning, setPlanning] = useState(false);
  const missing = question.trim() === '' || owner.trim() === '' || consumers.length === 0;
  const plan = async (event: FormEvent) => {
    event.preventDefault();
    setPlanning(true);
    setProblem(null);
    try {
      const { planId } = await planImport(server.serverId, {
        schema: view.schema,
        relation: view.name,
        ...(name.trim() === view.name ? {} : { name: name.trim() }),
        question: question.trim(),
        owner: owner.trim(),
        consumers: [...consumers],
        ...(names(key).length === 0 ? {} : { keyColumns: names(key) }),
      });
      navigate(`/read-models/plan/${planId}`);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setPlanning(false);
    }
  };
  return (
    <Card title={`${view.schema}.${view.name}`}>
      <form className={styles.fields} onSubmit={(event) => void plan(event)}>
        <TextInput
          className={styles.wide ?? ''}
          label="Question"
          description="What it answers, in the words of those who ask"
          value={question}
          onChange={(event) => setQuestion(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          description="Its own: the stable view takes its place. Another one: it stays beside"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Owner"
          description="Who is asked before it changes"
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <TextInput
          label="Key columns"
          description="Which identify a row; empty: suggested"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <div className={styles.wide}>
          <div className={styles.label}>Consumers</div>
          <ConsumersField consumers={consumers} onChange={setConsumers} error={undefined} />
        </div>
        {problem !== null && <FailureNotice problem={problem} />}
        <Button type="submit" variant="filled" loading={planning} disabled={missing}>
          Plan the import
        </Button>
        {missing && <span className="db-dim">It needs a question, an owner and a consumer.</span>}
      </form>
    </Card>
  );
}
