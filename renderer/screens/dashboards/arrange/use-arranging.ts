import { useEffect, useRef, useState } from 'react';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import type { GridPlace } from '../../../../shared/model/grid-move.ts';
import { arrangeWidgets, removeWidget, restoreWidget } from '../../../stores/dashboard-editing.ts';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';

/** How one change is taken back. */
type Undo =
  | { readonly kind: 'places'; readonly places: readonly GridPlace[] }
  | { readonly kind: 'removed'; readonly widgetId: string };

export interface Arranging {
  readonly places: readonly GridPlace[];
  readonly problem: Problem | null;
  readonly undoable: boolean;
  arrange(places: readonly GridPlace[]): void;
  remove(widgetId: string): void;
  undo(): void;
}

const placesOf = ({ widgets }: Dashboard): readonly GridPlace[] =>
  widgets.map(({ widgetId, layout }) => ({ widgetId, layout }));

const same = (a: readonly GridPlace[], b: readonly GridPlace[]): boolean => {
  const byId = (places: readonly GridPlace[]) =>
    JSON.stringify(
      places
        .map(({ widgetId, layout: { x, y, w, h } }) => [widgetId, x, y, w, h] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  return byId(a) === byId(b);
};

/**
 * The grid while it is arranged. A change shows at once and is saved behind it, one after the other; where saving fails
 * the stored places come back with the reason.
 */
export function useArranging(serverId: string, dashboard: Dashboard): Arranging {
  const { dashboardId } = dashboard;
  const [wished, setWished] = useState<readonly GridPlace[] | null>(null);
  const [undos, setUndos] = useState<readonly Undo[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const saving = useRef<Promise<void>>(Promise.resolve());
  const waiting = useRef(0);
  const stored = placesOf(dashboard);
  const there = new Set(stored.map(({ widgetId }) => widgetId));
  const known =
    wished !== null && wished.length === stored.length && wished.every(({ widgetId }) => there.has(widgetId));
  const places = known ? wished : stored;
  const latest = useRef(places);
  useEffect(() => {
    latest.current = places;
  });

  const run = (work: () => Promise<void>) => {
    waiting.current += 1;
    saving.current = saving.current.then(work).then(
      () => setProblem(null),
      (error: unknown) => {
        setWished(null);
        setProblem(problemOf(error));
      },
    );
    void saving.current.then(() => {
      waiting.current -= 1;
      if (waiting.current === 0) setWished(null);
    });
  };
  const put = (next: readonly GridPlace[]) => {
    latest.current = next;
    setWished(next);
    run(() => arrangeWidgets(serverId, dashboardId, next));
  };

  return {
    places,
    problem,
    undoable: undos.length > 0,
    arrange(next) {
      const before = latest.current;
      if (same(before, next)) return;
      setUndos((all) => [...all, { kind: 'places', places: before }]);
      put(next);
    },
    remove(widgetId) {
      setUndos((all) => [...all, { kind: 'removed', widgetId }]);
      run(() => removeWidget(serverId, dashboardId, widgetId));
    },
    undo() {
      const last = undos.at(-1);
      if (last === undefined) return;
      setUndos((all) => all.slice(0, -1));
      if (last.kind === 'removed') run(() => restoreWidget(serverId, dashboardId, last.widgetId));
      else put(last.places);
    },
  };
}
