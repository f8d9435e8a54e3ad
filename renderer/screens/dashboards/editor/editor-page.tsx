import { Button, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { defaultLocale } from '../../../../shared/format/number-formats.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Dashboard, Widget, WidgetDraft } from '../../../../shared/model/dashboard.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { LeaveGuard } from '../../../app/leave-guard.tsx';
import { Notice } from '../../../app/notice.tsx';
import { Card, Page } from '../../../app/page.tsx';
import { navigate } from '../../../app/router.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { forgetDraft, parkDraft, parkedDraft, saveWidget } from '../../../stores/dashboard-editing.ts';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';
import { openDashboard } from '../address.ts';
import { ColumnsCard } from './columns-card.tsx';
import { blankDraft, draftOf, usualMinutes } from './draft.ts';
import { KindPicker } from './kind-picker.tsx';
import { LiveRefusal, liveCheckOf } from './live-refusal.tsx';
import { LookCard } from './look-card.tsx';
import { PreviewCard } from './preview-card.tsx';
import { SourceCard } from './source-card.tsx';
import { useEditor } from './use-editor.ts';
import styles from './editor.module.css';

interface EditorPageProps {
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
  /** null: a new one. */
  readonly widgetId: string | null;
}

/** Makes a widget or changes one, beside a picture of it with the numbers of now. */
export function EditorPage({ server, dashboard, widgetId }: EditorPageProps): ReactNode {
  const widget = dashboard.widgets.find((each) => each.widgetId === widgetId) ?? null;
  const key = `${dashboard.dashboardId}/${widgetId ?? 'new'}`;
  if (widgetId !== null && widget === null) {
    return (
      <Page title="Edit a widget">
        <EmptyState
          title="This widget is gone"
          actions={<Button onClick={() => openDashboard(dashboard.dashboardId)}>Back to {dashboard.title}</Button>}
        >
          {dashboard.title} has no such widget any more. Somebody may have removed it.
        </EmptyState>
      </Page>
    );
  }
  return <Editor key={key} draftKey={key} server={server} dashboard={dashboard} widget={widget} />;
}

interface EditorProps {
  readonly draftKey: string;
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
  readonly widget: Widget | null;
}

function Editor({ draftKey, server, dashboard, widget }: EditorProps): ReactNode {
  const { serverId } = server;
  const { dashboardId } = dashboard;
  const [parked] = useState(() => parkedDraft(draftKey));
  const [resumed, setResumed] = useState(parked !== null);
  const [start] = useState<WidgetDraft>(() => parked ?? (widget === null ? blankDraft : draftOf(widget)));
  const editor = useEditor(serverId, start, parked !== null);
  const { draft, dirty, change } = editor;
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const [failed, setFailed] = useState<{ readonly problem: Problem; readonly question: string } | null>(null);
  // A refusal is about the query as it was.
  const question = JSON.stringify([draft.source, draft.budget]);
  const problem = failed?.question === question ? failed.problem : null;
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const online = server.state === 'connected';

  // Whatever takes the screen away without asking, as choosing another server does, leaves the draft to be taken up again.
  const unsaved = useRef<WidgetDraft | null>(null);
  useEffect(() => {
    unsaved.current = dirty ? draft : null;
  });
  useEffect(
    () => () => {
      if (unsaved.current !== null) parkDraft(draftKey, unsaved.current);
    },
    [draftKey],
  );
  const discard = () => {
    unsaved.current = null;
    forgetDraft(draftKey);
    editor.settled();
  };
  // Only once the guard has let go of the route can anybody go anywhere.
  useEffect(() => {
    if (leaving === null || dirty) return;
    leaving();
  }, [leaving, dirty]);

  const save = async () => {
    setTried(true);
    if (saving || draft.title.trim() === '' || editor.problem !== null) return;
    setSaving(true);
    setFailed(null);
    try {
      await saveWidget(serverId, dashboardId, widget?.widgetId ?? null, { ...draft, title: draft.title.trim() });
      discard();
      setLeaving(() => () => openDashboard(dashboardId));
    } catch (error) {
      setFailed({ problem: problemOf(error), question });
    } finally {
      setSaving(false);
    }
  };
  const propose = () => {
    parkDraft(draftKey, draft);
    unsaved.current = null;
    editor.settled();
    setLeaving(
      () => () => navigate('/read-models/propose', { sql: draft.source.sql, question: draft.question || null }),
    );
  };
  const giveMinutes = () => change({ budget: { minutes: usualMinutes } });

  const action = widget === null ? 'Add to the dashboard' : 'Save';
  useCommands('widget-editor', [
    {
      id: 'save-widget',
      title: `${action}: ${draft.title || 'the widget'}`,
      group: 'Dashboards',
      run: () => void save(),
    },
    {
      id: 'leave-widget',
      title: `Back to ${dashboard.title}`,
      group: 'Dashboards',
      run: () => openDashboard(dashboardId),
    },
  ]);
  const refusal = liveCheckOf(problem);
  const shown: Widget = {
    ...draft,
    widgetId: 'preview',
    title: draft.title || 'This widget',
    layout: draft.layout ?? { x: 0, y: 0, w: 6, h: 4 },
    locale: draft.locale ?? dashboard.locale,
  };
  return (
    <Page
      title={widget === null ? `Add a widget to ${dashboard.title}` : `Edit ${widget.title}`}
      actions={
        <>
          <Button onClick={() => openDashboard(dashboardId)}>{dirty ? 'Cancel' : `Back to ${dashboard.title}`}</Button>
          <Button variant="filled" loading={saving} onClick={() => void save()}>
            {action}
          </Button>
        </>
      }
    >
      <LeaveGuard dirty={dirty} what={widget === null ? 'the new widget' : widget.title} onDiscard={discard} />
      {resumed && (
        <Notice
          title="Your unsaved changes are back."
          buttons={
            <Button size="compact-sm" onClick={() => setResumed(false)}>
              Fine
            </Button>
          }
        />
      )}
      {!online && (
        <Notice tone="warning" title={`${server.settings.label} is out of reach.`}>
          Only words and formats can be changed until it is back: a query is checked where it runs.
        </Notice>
      )}
      {refusal !== null && <LiveRefusal check={refusal} onPropose={propose} onMinutes={giveMinutes} />}
      {refusal === null && problem !== null && <FailureNotice problem={problem} />}
      {tried && editor.problem !== null && (
        <p className={styles.problem} role="alert">
          {editor.problem}
        </p>
      )}
      <div className={styles.split}>
        <div className={styles.form}>
          <Card title="What it shows">
            <div className={styles.fields}>
              <TextInput
                label="Title"
                value={draft.title}
                onChange={({ currentTarget: { value } }) => change({ title: value })}
                error={tried && draft.title.trim() === '' ? 'Give it a title that names its number' : undefined}
                autoFocus={widget === null}
              />
              <Textarea
                label="Question"
                description="The one question that it answers, on hover of its title"
                autosize
                minRows={1}
                value={draft.question}
                onChange={({ currentTarget: { value } }) => change({ question: value })}
              />
              <KindPicker value={draft.kind} onChange={editor.kind} />
            </div>
          </Card>
          <SourceCard serverId={serverId} editor={editor} />
          <ColumnsCard editor={editor} />
          <LookCard editor={editor} dashboardLocale={dashboard.locale ?? defaultLocale} />
        </div>
        <PreviewCard
          editor={editor}
          widget={shown}
          refusedAbove={refusal !== null}
          onPropose={propose}
          onMinutes={giveMinutes}
        />
      </div>
    </Page>
  );
}
