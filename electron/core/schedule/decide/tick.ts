import type { Attempt } from '../../../../shared/model/schedule.ts';
import { afterwards } from './after-end.ts';
import { budgetsEndMs } from './budgets.ts';
import type { Command } from './command.ts';
import { dueNow } from './due-now.ts';
import { leaseState } from './lease.ts';
import { firstGuardMemory, lookAtLoad } from './load-guard.ts';
import { indexModels } from './needs.ts';
import { order } from './order.ts';
import { readiness, type HeldBack, type Ready } from './readiness.ts';
import { decideRunning, sweep, type Surroundings } from './running.ts';
import { windowsNow } from './skip-windows.ts';
import type { ModelState, TickMemory, TickState } from './tick-state.ts';
import { watch, type Watched } from './watchdog.ts';
import { told, type Why } from './why.ts';

export const firstMemory: TickMemory = { guard: firstGuardMemory };

export interface Tick {
  /** To be carried out in this order. */
  readonly commands: readonly Command[];
  readonly memory: TickMemory;
}

/** A model that waits for its turn for less than this leaves no line in its history, unless its budget is over. */
const worthALineMs = 60_000;

/**
 * Everything that is to be done now, from what the registry says and the time on the server's clock. The same rows and
 * time give the same commands, whoever asks; runners that race are told apart by the claims' epochs. A tick that is lost
 * is made up for by the next.
 */
export function tick(state: TickState, memory: TickMemory, nowMs: number): Tick {
  const models = indexModels(state.models);
  const { guard } = state.settings;
  const look = guard === null ? null : lookAtLoad(state.load, guard, memory.guard, nowMs);
  const windows = windowsNow(state.calendars, nowMs);
  const around: Surroundings = { state, models, windows, look, nowMs };

  const commands: Command[] = [];
  const running = new Set<string>();
  const pending = new Set<string>();
  const candidates: Ready[] = [];
  const holds = new Map<string, Why>();
  const watched: Watched[] = [];
  const hold = (model: ModelState, held: HeldBack): void => {
    holds.set(model.readModel, held.reason);
    const command = lineFor(model, held, nowMs);
    if (command !== null) commands.push(command);
  };

  for (const model of state.models) {
    const due = dueNow(model, models, nowMs);
    watched.push({ model, due, holds: null });
    if (due.dueMs !== model.nextDueMs) {
      commands.push({ kind: 'plan', readModel: model.readModel, nextDueMs: due.dueMs, reason: told(due.reason) });
    }
    const orphan = model.running === null ? null : sweep(model, model.running, nowMs);
    if (orphan !== null) commands.push(orphan);
    if (model.running !== null && orphan === null) {
      running.add(model.readModel);
      const command = decideRunning(model, model.running, around);
      if (command !== null) commands.push(command);
      continue;
    }
    const swept = orphan === null ? model : { ...afterwards(model, orphan.after), running: null };
    const ready = readiness(swept, due, around);
    if (ready.kind === 'ready') candidates.push(ready);
    if (ready.kind === 'held') {
      hold(swept, ready);
      if (startsSoon(ready, nowMs)) pending.add(model.readModel);
    }
    // Claimed, and its run is not written yet: it has its place already.
    if (model.running === null && leaseState(model.lease, nowMs) === 'held') {
      running.add(model.readModel);
    }
  }

  const { starts, waits } = order(candidates, models, running, pending, state.settings.atOnce, nowMs);
  for (const { candidate, reason } of waits) {
    const { model, dueMs } = candidate;
    hold(model, { kind: 'held', state: 'queued', dueMs, untilMs: null, reason, recorded: true });
  }
  for (const { model, claim, dueMs, endByMs, effort, reason } of starts) {
    commands.push({ kind: 'start', readModel: model.readModel, claim, dueMs, endByMs, effort, reason: told(reason) });
  }
  if (state.episodes !== null) {
    const seen = watched.map((each) => ({ ...each, holds: holds.get(each.model.readModel) ?? null }));
    for (const step of watch(seen, models, state.runners, state.episodes, nowMs)) {
      if (step.step !== 'still') commands.push({ kind: 'alert', step });
    }
  }
  return { commands, memory: look === null ? memory : { guard: look.memory } };
}

/** A pause that is longer is no pause between retries, but its next turn. */
const shortPauseMs = 15 * 60_000;

/** Held back for a while, and then it starts by itself: by a retry's pause, the guard, or whoever has its lease. */
const startsSoon = ({ state, reason, untilMs }: HeldBack, nowMs: number): boolean =>
  state === 'postponed' ||
  reason.code === 'already_running' ||
  (reason.code === 'retry_waits' && (untilMs ?? nowMs) - nowMs <= shortPauseMs);

/** The line of its history, unless the last one says the same. */
function lineFor(model: ModelState, held: HeldBack, nowMs: number): Command | null {
  const { state, dueMs, untilMs, reason, recorded } = held;
  if (!recorded || saysTheSame(model.held, held)) return null;
  const { budgets, asOfMs, setAtMs } = model;
  const late = nowMs > budgetsEndMs(asOfMs ?? setAtMs, budgets);
  if (!late && state === 'queued' && dueMs !== null && nowMs - dueMs < worthALineMs) return null;
  return { kind: 'hold', readModel: model.readModel, state, dueMs, untilMs, reason: told(reason) };
}

/** A postponement goes on, and its end moves with it; a window that is another has another end. */
const saysTheSame = (line: Attempt | null, { state, dueMs, untilMs, reason }: HeldBack): boolean =>
  line !== null &&
  line.state === state &&
  line.dueMs === dueMs &&
  line.reason.code === reason.code &&
  (state !== 'skipped' || line.untilMs === untilMs);
