import { isoMoment } from '../../../shared/format/civil-day.ts';
import type { AlertEpisode, AlertStep } from '../../../shared/model/alert.ts';
import type { OpenServer } from '../connections/known-servers.ts';
import {
  DefinitionSources,
  readWatchFacts,
  type ReadSchedules,
  type WatchFacts,
} from '../read-model/registry/watch-facts.ts';
import { dueNow } from '../schedule/decide/due-now.ts';
import { indexModels } from '../schedule/decide/needs.ts';
import { openWindow, windowsNow, type WindowsNow } from '../schedule/decide/skip-windows.ts';
import type { ModelState } from '../schedule/decide/tick-state.ts';
import { watch } from '../schedule/decide/watchdog.ts';
import { why, type Why } from '../schedule/decide/why.ts';
import { budgetsSeen, type BudgetsSeen } from './known-budgets.ts';
import { SourceMoves } from './source-moves.ts';

/**
 * Looks at what the registry says and asks the decisions what is wrong. It needs no runner: what is refreshed by nobody
 * grows old in front of it. One for each engine, since it remembers how much was written into the sources.
 */
export class Watchdog {
  readonly #definitions = new DefinitionSources();
  readonly #moves = new SourceMoves();
  readonly #budgets = new Map<string, BudgetsSeen>();
  readonly #readSchedules: ReadSchedules;

  constructor(readSchedules: ReadSchedules) {
    this.#readSchedules = readSchedules;
  }

  /**
   * Steps of the episodes of a server; null where it has no registry. `open`: those that are open. Throws the failures of
   * the server.
   */
  async look(server: OpenServer, open: readonly AlertEpisode[]): Promise<readonly AlertStep[] | null> {
    const facts = await readWatchFacts(server, this.#definitions, this.#readSchedules);
    if (facts === null) {
      this.#budgets.delete(server.serverId);
      return null;
    }
    const { clockSkewMs } = server.facts;
    this.#budgets.set(server.serverId, budgetsSeen(facts.models, clockSkewMs, facts.nowMs - clockSkewMs));
    return this.stepsOf(server.serverId, facts, open, facts.nowMs);
  }

  /** What the last look told of the budgets; null: there was none. */
  budgets(serverId: string): BudgetsSeen | null {
    return this.#budgets.get(serverId) ?? null;
  }

  /** As `look`, of facts that somebody has read already. */
  stepsOf(serverId: string, facts: WatchFacts, open: readonly AlertEpisode[], nowMs: number): readonly AlertStep[] {
    const states = facts.models.map(({ sourceWrites, ...model }): ModelState => {
      const movedAtMs = this.#moves.look(`${serverId} ${model.readModel}`, sourceWrites, nowMs);
      // Who has just begun to look has seen nothing move yet, and takes the word of whoever opened the episode.
      const told = open.some(({ kind, subject }) => kind === 'source_moved' && subject === model.readModel);
      return { ...model, sourceMovedAtMs: movedAtMs ?? model.sourceMovedAtMs ?? (told ? nowMs : null) };
    });
    const models = indexModels(states);
    const windows = windowsNow(facts.calendars, nowMs);
    const watched = states.map((model) => ({
      model,
      due: dueNow(model, models, nowMs),
      holds: holdOf(model, windows),
    }));
    return watch(watched, models, facts.runners, open, nowMs, facts.upSinceMs);
  }
}

/** What holds a refresh back that anybody who looks can see. */
function holdOf({ suspended, paused, stopped, readModel }: ModelState, windows: WindowsNow): Why | null {
  if (suspended) return why('suspended', () => 'It is suspended.');
  if (paused !== null) {
    return why('paused', () => `It was paused by ${paused.by}${paused.why === '' ? '' : `: ${paused.why}`}.`);
  }
  if (stopped !== null) return why('stopped', () => stopped.error);
  const window = openWindow(windows, readModel, 'noRefresh');
  if (window === null) return null;
  return why('window', () => `No refresh runs in ${window.calendar}, until ${isoMoment(window.toMs)}.`);
}
