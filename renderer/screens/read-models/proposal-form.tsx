import { Button, MultiSelect, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { CopyButton } from '../../app/copy-button.tsx';
import { Card, Page } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import { ValuesForm } from '../../app/values-form.tsx';
import { useCommands } from '../../commands/use-commands.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { makePlan, type ProposalOrigin } from '../../stores/plans.ts';
import { breakingRefusal } from './breaking-refusal.ts';
import { ConsumersField } from './consumers-field.tsx';
import { missingValues } from './missing-values.ts';
import { hasOwnEditor, isLacking, needsWord, proofTitle } from './original-facts.ts';
import { PeriodField } from './period-field.tsx';
import { type Draft, fieldProblems, type ProposalField } from './proposal-draft.ts';
import { ProposalFacts } from './proposal-facts.tsx';
import { ProofCard } from './proof-card.tsx';
import { proofWords } from './proof-words.ts';
import styles from './read-models.module.css';
import { RewritingCard } from './rewriting-card.tsx';
import { type OwnRewritten, rewritingOf } from './rewriting-facts.ts';
import { SiblingsCard } from './siblings-card.tsx';
import { UnprovenCard } from './unproven-card.tsx';
import { useOriginals } from './use-originals.ts';
import { useProposal } from './use-proposal.ts';

interface ProposalFormProps {
  readonly server: ServerSummary;
  readonly origin: ProposalOrigin | null;
  readonly initial: Draft;
  readonly title: string;
  /** Set when this becomes another version of a read model that exists: its name stays. */
  readonly nextVersion?: number;
  /** Asks again with constants that only the person knows. */
  readonly onValues?: (values: Readonly<Record<string, string>>) => void;
  /** Asks again with exactly these parameters keeping their values beside those that have to. */
  readonly onFreeze?: (parameters: readonly string[]) => void;
}

/** Edits a proposal beside what the engine says about it. Nothing is created before its plan was shown and run. */
export function ProposalForm(props: ProposalFormProps) {
  const { server, origin, initial, title, nextVersion, onValues, onFreeze } = props;
  const { draft, checked, settled, change, recheck } = useProposal(server.serverId, origin, initial);
  const [ownReaderSql, setReaderSql] = useState<string | null>(null);
  const [queries, setQueries] = useState<Readonly<Record<string, string>>>({});
  const [ownRewritten, setRewritten] = useState<OwnRewritten | null>(null);
  const [tried, setTried] = useState(false);
  const [planning, setPlanning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const { proposal, touched } = draft;
  const missing = fieldProblems(proposal);
  const ready = settled && checked.problem === null && Object.keys(missing).length === 0;
  const errorOf = (field: ProposalField) => (tried || touched.has(field) ? missing[field] : undefined);

  const readerSql = ownReaderSql ?? checked.value?.readerSql ?? '';
  const rewriting = rewritingOf(checked.value, ownRewritten);
  const shown =
    checked.value === null
      ? null
      : { ...checked.value, proposal, readerSql, queries, ...(rewriting === null ? {} : { derivation: rewriting }) };
  const movesWidgets = proposal.consumers.some(({ consumer }) => consumer.startsWith('widget:'));
  const asked = useOriginals(server.serverId, settled ? shown : null);
  const [unproven, setUnproven] = useState(false);
  const originals = asked.value?.originals ?? [];
  const lacks = asked.value === null || needsWord(asked.value);
  const sure = asked.settled && (!lacks || unproven);
  const [onlyOriginal, ...furtherOriginals] = originals;

  const plan = async (onBreaking?: 'replace') => {
    setTried(true);
    if (!ready || !sure || shown === null) return;
    setPlanning(true);
    setProblem(null);
    try {
      const made = await makePlan(server.serverId, shown, { onBreaking, unproven: lacks && unproven });
      navigate(`/read-models/plan/${made.planId}`);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setPlanning(false);
    }
  };
  useCommands('propose', [{ id: 'plan', title: 'Make the plan', group: 'Read models', run: () => void plan() }]);

  const breaking = breakingRefusal(problem);
  const unknown = missingValues(checked.problem);
  const columnNames = checked.value?.columns.map((column) => column.name) ?? [];
  return (
    <Page
      title={title}
      tags={
        <>
          {nextVersion !== undefined && <Tag>version {nextVersion}</Tag>}
          {origin?.kind === 'statement' && <Tag>from a finding</Tag>}
          {origin?.kind === 'widget' && <Tag>from a dashboard widget</Tag>}
          {onlyOriginal !== undefined && furtherOriginals.length === 0 && !onlyOriginal.unchanged && (
            <Tag tone={proofWords(onlyOriginal.proof).tone}>{proofWords(onlyOriginal.proof).text}</Tag>
          )}
          {furtherOriginals.length > 0 && (
            <Tag tone={lacks ? 'warning' : 'good'}>
              {originals.filter((one) => !isLacking(one)).length} of {originals.length} proven
            </Tag>
          )}
        </>
      }
      lede="Nothing is created yet. Next comes the plan: every statement, its lock and its undo, before anything runs."
      actions={
        <Button
          variant="filled"
          loading={planning}
          disabled={(!ready && (tried || checked.loading)) || !sure}
          title={sure ? undefined : 'Prove it first, or say below that it may be built unproven'}
          onClick={() => void plan()}
        >
          Make the plan
        </Button>
      }
    >
      {problem !== null && <FailureNotice problem={problem} />}
      {breaking !== null && (
        <div className={styles.inline}>
          <Button
            size="compact-sm"
            onClick={() => {
              // A name of its own has no readers yet; those of the old one are to find it.
              change({
                name: breaking.otherName,
                grantTo: [...new Set([...proposal.grantTo, ...breaking.readers])],
              });
              setProblem(null);
            }}
          >
            Name it {breaking.otherName}
          </Button>
          {breaking.mayReplace && (
            <Button size="compact-sm" loading={planning} onClick={() => void plan('replace')}>
              Plan it with the view made anew
            </Button>
          )}
        </div>
      )}
      <div className={styles.split}>
        <div className={styles.stack}>
          <Card title="What it is">
            <div className={styles.fields}>
              <TextInput
                label="Name"
                description={`Readers query ${server.settings.readModelSchema}.${proposal.name === '' ? '…' : proposal.name}`}
                value={proposal.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
                error={errorOf('name')}
                disabled={nextVersion !== undefined}
                spellCheck={false}
              />
              <TextInput
                label="Owner"
                description="The one who says what it means and how old it may be"
                value={proposal.owner}
                onChange={(event) => change({ owner: event.currentTarget.value })}
                error={errorOf('owner')}
              />
              <TextInput
                className={styles.wide}
                label="Question"
                description="One widget-sized question"
                value={proposal.question}
                onChange={(event) => change({ question: event.currentTarget.value })}
                error={errorOf('question')}
              />
              <MultiSelect
                label="Key columns"
                description="They identify a row; empty where none do"
                data={[...new Set([...columnNames, ...proposal.keyColumns])]}
                value={proposal.keyColumns}
                onChange={(keyColumns) => change({ keyColumns })}
                error={errorOf('keyColumns')}
                searchable
              />
              <TagsInput
                label="May read it"
                description={
                  nextVersion === undefined
                    ? 'Roles that get SELECT on the stable name, and on nothing else'
                    : 'Roles that read it already keep that; name only further ones'
                }
                value={proposal.grantTo}
                onChange={(grantTo) => change({ grantTo })}
              />
              <PeriodField
                period={proposal.period}
                keyColumns={proposal.keyColumns}
                columns={checked.value?.columns ?? []}
                advised={rewriting?.period ?? null}
                error={errorOf('period')}
                onChange={(period) => change({ period })}
              />
              <div className={styles.wide}>
                <div className={styles.label}>Consumers</div>
                <ConsumersField
                  consumers={proposal.consumers}
                  onChange={(consumers) => change({ consumers })}
                  error={errorOf('consumers')}
                />
              </div>
            </div>
          </Card>
          <Card title="Definition" aside={checked.loading ? 'checking …' : settled ? 'checked' : undefined}>
            <SqlEditor
              label="Definition of the read model"
              value={proposal.definitionSql}
              onChange={(definitionSql) => change({ definitionSql })}
              minHeight={140}
              maxHeight={460}
            />
            {proposal.definitionSql === '' && !checked.loading && (
              <p className="db-dim">Write or paste one read-only SELECT. Aggregate to the grain of the chart.</p>
            )}
          </Card>
          {rewriting !== null && (
            <RewritingCard
              rewriting={rewriting}
              known={new Set((checked.value?.constants ?? []).map((constant) => constant.name))}
              frozenByPerson={origin?.kind === 'statement' ? (origin.freeze ?? []) : []}
              {...(onFreeze === undefined ? {} : { onFreeze })}
              onChange={(sql) => setRewritten({ of: checked.value?.derivation?.rewrittenSql ?? '', sql })}
            />
          )}
          {asked.problem !== null && <FailureNotice problem={asked.problem} onRetry={asked.reload} />}
          {shown !== null &&
            originals.map((original) => (
              <ProofCard
                key={original.originalId}
                title={proofTitle(original, originals)}
                serverId={server.serverId}
                proposal={shown}
                original={original}
                settled={settled && checked.problem === null && asked.settled}
                onProven={asked.reload}
                {...(hasOwnEditor(original, shown)
                  ? {}
                  : { onQuery: (sql: string) => setQueries((before) => ({ ...before, [original.originalId]: sql })) })}
              />
            ))}
          {asked.value !== null && lacks && (
            <UnprovenCard againstNothing={originals.length === 0} unproven={unproven} onUnproven={setUnproven} />
          )}
        </div>
        <div className={styles.stack}>
          {checked.problem !== null && (
            <FailureNotice problem={checked.problem} {...(checked.problem.retryable ? { onRetry: recheck } : {})} />
          )}
          {unknown.length > 0 && onValues !== undefined && (
            <ValuesForm
              key={unknown.map(({ name }) => name).join(' ')}
              missing={unknown}
              submitLabel="Propose with these"
              onSubmit={onValues}
            />
          )}
          <div className={checked.problem === null ? '' : styles.stale}>
            <ProposalFacts checked={checked} keyColumns={proposal.keyColumns} />
          </div>
          {origin?.kind === 'statement' && <SiblingsCard serverId={server.serverId} statementId={origin.statementId} />}
          {checked.value !== null && rewriting === null && (
            <Card
              title="How a reader asks afterwards"
              aside={<CopyButton text={readerSql} what="the reader’s query" />}
            >
              <SqlEditor value={readerSql} onChange={setReaderSql} label="Query over the read model" maxHeight={260} />
              {movesWidgets && (
                <p className="db-dim">
                  Widgets that have no query of their own over it move to this one when the plan is done; the others
                  keep theirs.
                </p>
              )}
            </Card>
          )}
        </div>
      </div>
    </Page>
  );
}
