import { useEffect, useRef, useState, type PointerEvent } from 'react';
import type { ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { snappedMs, stepMs } from './axis-scale.ts';
import type { HeldRun } from './run-move.ts';

/** The mouse has moved so far, px, before it drags: a click that trembles is a click. */
const tremblePx = 4;

interface Options {
  readonly scale: TimeWindow;
  readonly nowMs: number;
  /** It was let go over a time that is not its own. */
  readonly onDrop: (held: HeldRun) => void;
}

/** A planned run in the hand: dragged, or selected by a click or Enter and moved with the arrow keys. */
export function useHeldRun({ scale, nowMs, onDrop }: Options) {
  const [held, setHeld] = useState<HeldRun | null>(null);
  // Events come faster than React draws: what is held now must not be what was drawn last.
  const now = useRef<HeldRun | null>(null);
  const endDrag = useRef<(() => void) | null>(null);
  const latest = useRef({ scale, nowMs, onDrop });
  useEffect(() => {
    latest.current = { scale, nowMs, onDrop };
  });
  useEffect(() => () => endDrag.current?.(), []);

  const hold = (next: HeldRun | null) => {
    now.current = next;
    setHeld(next);
  };
  const release = () => {
    endDrag.current?.();
    hold(null);
  };
  const drop = () => {
    const dropped = now.current;
    release();
    if (dropped !== null && dropped.toMs !== dropped.fromMs) latest.current.onDrop(dropped);
  };
  const take = (readModel: string, fromMs: number) => hold({ readModel, fromMs, toMs: fromMs });
  const move = (bySteps: number) => {
    const run = now.current;
    if (run === null) return;
    // The first press lands on a quarter of an hour; a planned run with jitter lies beside one.
    const from = bySteps > 0 ? Math.floor(run.toMs / stepMs) : Math.ceil(run.toMs / stepMs);
    hold({ ...run, toMs: snappedMs((from + bySteps) * stepMs, latest.current.nowMs, latest.current.scale) });
  };

  const grab = (event: PointerEvent<HTMLElement>, { readModel }: ScheduledModelView, atMs: number) => {
    if (event.button !== 0) return;
    const button = event.currentTarget;
    const plot = button.parentElement?.getBoundingClientRect();
    if (plot === undefined) return;
    endDrag.current?.();
    const startX = event.clientX;
    let dragging = false;
    button.setPointerCapture(event.pointerId);
    const onMove = (moving: globalThis.PointerEvent) => {
      if (!dragging && Math.abs(moving.clientX - startX) < tremblePx) return;
      dragging = true;
      const { scale: on, nowMs: serverMs } = latest.current;
      const byMs = ((moving.clientX - startX) / plot.width) * (on.toMs - on.fromMs);
      hold({ readModel, fromMs: atMs, toMs: snappedMs(atMs + byMs, serverMs, on) });
    };
    const onUp = () => {
      if (dragging) drop();
      else {
        endDrag.current?.();
        take(readModel, atMs);
      }
    };
    button.addEventListener('pointermove', onMove);
    button.addEventListener('pointerup', onUp);
    button.addEventListener('pointercancel', release);
    endDrag.current = () => {
      button.removeEventListener('pointermove', onMove);
      button.removeEventListener('pointerup', onUp);
      button.removeEventListener('pointercancel', release);
      endDrag.current = null;
    };
  };

  return { held, take, move, drop, release, grab };
}
