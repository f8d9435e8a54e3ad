import { useEffect, useMemo, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Page } from '../../app/page.tsx';
import { useRoute } from '../../app/router.ts';
import { refreshDetail, useReadModels, watchReadModel } from '../../stores/read-models.ts';
import type { ProposalOrigin } from '../../stores/plans.ts';
import { blankDraft, draftOfVersion } from './proposal-draft.ts';
import { ProposalForm } from './proposal-form.tsx';

type Values = Readonly<Record<string, string>>;
interface Given {
  readonly statement: string | null;
  readonly values: Values;
  /** Parameters that shall keep their values. */
  readonly freeze: readonly string[];
}
const nothingGiven: Given = { statement: null, values: {}, freeze: [] };

/** Begins with what the address names: a statement of a finding, a widget, a read model's next version, or nothing. */
export function ProposePage({ server }: { readonly server: ServerSummary }) {
  const { params } = useRoute();
  const model = params.get('model');
  const statement = params.get('statement');
  const widget = params.get('widget');
  const sql = params.get('sql');
  const [given, setGiven] = useState(nothingGiven);
  const origin = useMemo<ProposalOrigin | null>(() => {
    if (statement !== null) {
      const { values, freeze } = given.statement === statement ? given : nothingGiven;
      return { kind: 'statement', statementId: statement, values, freeze: [...freeze] };
    }
    if (widget !== null) return { kind: 'widget', widgetId: widget };
    return sql === null ? null : { kind: 'sql', sql };
  }, [statement, widget, sql, given]);

  if (model !== null) return <NextVersion key={model} server={server} name={model} />;
  return (
    <ProposalForm
      key={`${statement ?? ''} ${widget ?? ''} ${sql ?? ''}`}
      server={server}
      origin={origin}
      initial={blankDraft}
      title="Propose a read model"
      onValues={(values) => setGiven((before) => ({ ...ofStatement(before, statement), values }))}
      onFreeze={(freeze) => setGiven((before) => ({ ...ofStatement(before, statement), freeze }))}
    />
  );
}

/** What was given for another statement says nothing about this one. */
const ofStatement = (given: Given, statement: string | null): Given =>
  given.statement === statement ? given : { ...nothingGiven, statement };

function NextVersion({ server, name }: { readonly server: ServerSummary; readonly name: string }) {
  const { serverId } = server;
  const detail = useReadModels((state) => (state.name === name ? state.detail : null));
  useEffect(() => watchReadModel(serverId, name), [serverId, name]);
  const model = detail?.value?.readModel ?? null;
  const initial = model === null ? null : draftOfVersion(model);
  const title = `${name}: new version`;
  const problem = detail?.problem ?? null;
  if (model !== null && initial !== null && problem === null) {
    return (
      <ProposalForm
        server={server}
        origin={null}
        initial={initial}
        title={title}
        nextVersion={Math.max(...model.versions.map((version) => version.version)) + 1}
      />
    );
  }
  return (
    <Page title={title}>
      {problem !== null ? (
        <FailureNotice problem={problem} onRetry={() => void refreshDetail(serverId, name)} />
      ) : (
        <p className="db-dim">Loading the version that serves now …</p>
      )}
    </Page>
  );
}
