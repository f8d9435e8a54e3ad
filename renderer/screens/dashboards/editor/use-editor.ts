import { useEffect, useRef, useState } from 'react';
import type { OfferedColumn } from '../../../../shared/model/column-offer.ts';
import type { WidgetData, WidgetDraft, WidgetKind } from '../../../../shared/model/dashboard.ts';
import type { LiveCheck } from '../../../../shared/model/live-check.ts';
import { columnProblem, draftProblem } from '../../../../shared/model/widget-problem.ts';
import { offerColumns, previewWidget } from '../../../stores/dashboard-editing.ts';
import { problemOf } from '../../../stores/failure-error.ts';
import { notLoaded, type Loadable } from '../../../stores/loadable.ts';
import { withColumns, withKind, withSource } from './draft.ts';

/** Long enough to finish a word, short enough that the picture beside the form feels alive. */
const settleMs = 600;

export interface Preview {
  readonly data: WidgetData;
  readonly liveCheck: LiveCheck | null;
}

export interface UsedEditor {
  readonly draft: WidgetDraft;
  /** The person changed something that is not saved. */
  readonly dirty: boolean;
  readonly columns: Loadable<readonly OfferedColumn[]>;
  readonly preview: Loadable<Preview>;
  /** What keeps the draft from being shown or saved; null: nothing that can be told without the server. */
  readonly problem: string | null;
  change(changes: Partial<WidgetDraft>): void;
  kind(kind: WidgetKind): void;
  readModel(name: string): void;
  previewAgain(): void;
  settled(): void;
}

/** The last good picture, without what was said of a query that is gone. */
const quiet = (before: Loadable<Preview>): Loadable<Preview> =>
  before.loading || before.problem !== null ? { ...before, loading: false, problem: null } : before;

/**
 * A widget that is edited here: its columns are asked for after each pause in its query, and its numbers whenever the
 * query or the budget changed. Formats and looks are drawn from the numbers that are there.
 */
export function useEditor(serverId: string, initial: WidgetDraft, startsDirty: boolean): UsedEditor {
  const [draft, setDraft] = useState(initial);
  const [dirty, setDirty] = useState(startsDirty);
  const [columns, setColumns] = useState<Loadable<readonly OfferedColumn[]>>(notLoaded);
  const [preview, setPreview] = useState<Loadable<Preview>>(notLoaded);
  const [round, setRound] = useState(0);
  /** Whose columns are there: while somebody types, not those of what stands in the draft. */
  const [described, setDescribed] = useState<string | null>(null);
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });

  const source = JSON.stringify(draft.source);
  useEffect(() => {
    const controller = new AbortController();
    if (latest.current.source.sql.trim() === '') {
      setColumns(notLoaded);
      setPreview(notLoaded);
      return undefined;
    }
    const ask = async () => {
      setColumns((before) => ({ ...before, loading: true }));
      try {
        const from = { kind: 'source' as const, source: latest.current.source };
        const offer = await offerColumns(serverId, from, controller.signal);
        if (controller.signal.aborted) return;
        setDescribed(source);
        setColumns({ value: offer.columns, loading: false, problem: null });
        setDraft((before) => withColumns(before, offer.columns));
      } catch (error) {
        if (controller.signal.aborted) return;
        setColumns((before) => ({ ...before, loading: false, problem: problemOf(error) }));
      }
    };
    const timer = setTimeout(() => void ask(), settleMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [serverId, source]);

  const named = draft.title.trim() === '' ? { ...draft, title: 'This widget' } : draft;
  const wrong = draftProblem(named) ?? (columns.value === null ? null : columnProblem(named, columns.value));
  const known = columns.value !== null && columns.problem === null && !columns.loading;
  const ready = wrong === null && known && described === source;
  const question = JSON.stringify([draft.source, draft.budget === 'live']);
  useEffect(() => {
    if (!ready) return undefined;
    const controller = new AbortController();
    const ask = async () => {
      setPreview((before) => ({ ...before, loading: true }));
      try {
        const value = await previewWidget(serverId, latest.current, controller.signal);
        if (!controller.signal.aborted) setPreview({ value, loading: false, problem: null });
      } catch (error) {
        if (controller.signal.aborted) return;
        setPreview((before) => ({ ...before, loading: false, problem: problemOf(error) }));
      }
    };
    void ask();
    return () => controller.abort();
  }, [serverId, question, ready, round]);

  return {
    draft,
    dirty,
    columns,
    preview: ready ? preview : quiet(preview),
    problem: wrong?.message ?? null,
    change(changes) {
      setDirty(true);
      setDraft((before) => ({ ...before, ...changes }));
    },
    kind(kind) {
      setDirty(true);
      setDraft((before) => withKind(before, kind, columns.value ?? []));
    },
    readModel(name) {
      setDirty(true);
      setColumns((before) => ({ ...before, loading: true }));
      offerColumns(serverId, { kind: 'read_model', readModel: name }, new AbortController().signal).then(
        (offer) => {
          setColumns({ value: offer.columns, loading: false, problem: null });
          setDraft((before) => withColumns(withSource(before, offer.source), offer.columns));
        },
        (error: unknown) => setColumns((before) => ({ ...before, loading: false, problem: problemOf(error) })),
      );
    },
    previewAgain: () => setRound((before) => before + 1),
    settled: () => setDirty(false),
  };
}
