import type { StoredRollup } from '../../history/history.ts';
import type { Baseline } from '../baseline.ts';
import type { Catalog, StatementGroup } from '../catalog.ts';
import type { DayMinute, DayPauses } from '../day-pauses.ts';
import { median } from '../history-view.ts';
import type { TimeWindow } from '../input.ts';
import { flagsOf, type BookedGroups } from '../booked.ts';
import type { Interval } from '../intervals.ts';
import type { SaveUnit } from '../saves.ts';
import type { Clock, Slots } from './clock.ts';
import type { WorkSpan, WorkUnit } from './work-done.ts';

/** One slot of one day, summed from raw intervals and samples or from stored minutes. */
export interface Cell {
  readonly day: number;
  readonly slot: number;
  fromMs: number;
  toMs: number;
  seconds: number;
  /** Looks at the sessions, and what they saw of each suspect in total. */
  looks: number;
  readonly sessions: Float64Array;
  /** Work of each suspect, in its own unit. */
  readonly work: Float64Array;
  readonly victimCalls: Float64Array;
  readonly victimExecMs: Float64Array;
  readonly victimBlocks: Float64Array;
  readonly pauses: { readonly perSaveMs: number; readonly saves: number }[];
  saves: number;
  savingCalls: number;
}

export interface CellFacts {
  readonly catalog: Catalog;
  readonly baseline: Baseline;
  readonly unit: SaveUnit;
  readonly suspects: readonly StatementGroup[];
  readonly clock: Clock;
  readonly slots: Slots;
}

export class DayCells {
  readonly #facts: CellFacts;
  readonly #victims: readonly StatementGroup[];
  readonly #suspectIndex: ReadonlyMap<StatementGroup, number>;
  readonly #victimIndex: ReadonlyMap<StatementGroup, number>;
  readonly #cells = new Map<string, Cell>();
  #places: Int32Array | null = null;

  constructor(facts: CellFacts) {
    this.#facts = facts;
    this.#victims = facts.baseline.usual.victims();
    this.#suspectIndex = new Map(facts.suspects.map((group, index) => [group, index]));
    this.#victimIndex = new Map(this.#victims.map((group, index) => [group, index]));
  }

  addInterval(interval: Interval): void {
    const { catalog } = this.#facts;
    const { seconds, booked, betweenMs } = interval;
    this.#eachCell(interval, (cell, fromMs, toMs) => {
      const part = (toMs - fromMs) / (seconds * 1000);
      this.#reach(cell, fromMs, toMs);
      this.#book(cell, booked, part);
      this.#pause(cell, booked, betweenMs, part);
    });
    for (const { atMs, rows } of interval.samples) {
      const cell = this.#cellAt(atMs);
      if (cell === null) continue;
      cell.looks += 1;
      for (const { statementId, use } of rows) {
        const group = use === null ? null : catalog.groupOf(statementId);
        const index = group === null ? undefined : this.#suspectIndex.get(group);
        if (index !== undefined) cell.sessions[index] = (cell.sessions[index] ?? 0) + 1;
      }
    }
  }

  addWork(suspect: number, span: WorkSpan): void {
    const lengthMs = Math.max(1, span.toMs - span.fromMs);
    this.#eachCell(span, (cell, fromMs, toMs) => {
      cell.work[suspect] = (cell.work[suspect] ?? 0) + (span.amount * (toMs - fromMs)) / lengthMs;
    });
  }

  /** `units`: what each suspect's work is counted in, as in raw history; null: not at all. */
  addRollups(rollups: readonly DayMinute[], units: readonly (WorkUnit | null)[], pauses: DayPauses): void {
    const { unit } = this.#facts;
    const parts: Part[] = [];
    for (const rollup of rollups) {
      const cell = this.#cellAt(rollup.fromMs);
      if (cell === null) continue;
      this.#reach(cell, rollup.fromMs, rollup.toMs);
      cell.looks += rollup.samples;
      const { statementIds, calls, execMs, blocks, activeSessions } = rollup;
      let [saves, savingCalls] = [0, 0];
      // Plain loops: a fortnight of mornings has two million elements.
      for (let index = 0; index < statementIds.length; index += 1) {
        const id = statementIds[index] ?? 0;
        const { suspect, victim, marker, saving } = (parts[id] ??= this.#partOf(id));
        if (suspect >= 0) {
          const seen = (activeSessions[index] ?? 0) * rollup.samples;
          cell.sessions[suspect] = (cell.sessions[suspect] ?? 0) + seen;
          this.#addMinute(suspect, units[suspect] ?? null, rollup, index);
        } else if (victim >= 0) {
          const own = calls[index] ?? 0;
          cell.victimCalls[victim] = (cell.victimCalls[victim] ?? 0) + own;
          cell.victimExecMs[victim] = (cell.victimExecMs[victim] ?? 0) + (execMs[index] ?? 0);
          cell.victimBlocks[victim] = (cell.victimBlocks[victim] ?? 0) + (blocks[index] ?? 0);
          if (marker) saves += own;
          if (saving) savingCalls += own;
        }
      }
      const spentMs = unit.kind === 'saves' ? pauses(rollup) : null;
      if (spentMs === null) continue;
      cell.savingCalls += savingCalls;
      this.#pauseOf(cell, spentMs, saves, 1);
    }
  }

  /** What a statement of stored minutes is to this comparison. */
  #partOf(id: number): Part {
    const { catalog, unit } = this.#facts;
    const group = catalog.groupOf(String(id));
    if (group === null) return noPart;
    const suspect = this.#suspectIndex.get(group) ?? -1;
    const victim = suspect < 0 && group.toplevel ? (this.#victimIndex.get(group) ?? -1) : -1;
    return { suspect, victim, marker: unit.markers.has(group), saving: unit.belongs(group) };
  }

  /** In order of time. */
  cells(): Cell[] {
    return [...this.#cells.values()].toSorted((a, b) => a.day - b.day || a.slot - b.slot);
  }

  /**
   * What OLTP calls took beyond n * L*, seconds, and their number and own work. Signed: cutting it off at zero, as
   * damage is, would turn the noise of quiet slots into damage that grows with the number of statements.
   */
  excessOf(cell: Cell): { readonly seconds: number; readonly calls: number; readonly workSeconds: number } {
    const { baseline } = this.#facts;
    let seconds = this.#pausedBeyond(cell);
    let calls = 0;
    let workSeconds = 0;
    for (const [index, victim] of this.#victims.entries()) {
      const own = cell.victimCalls[index] ?? 0;
      const usual = baseline.usual.get(victim);
      if (own === 0 || usual === undefined) continue;
      const growth = usual.blocks > 0 ? (cell.victimBlocks[index] ?? 0) / own / usual.blocks : 1;
      const expectedMs = usual.meanMs * Math.max(1, growth);
      calls += own;
      workSeconds += (own * expectedMs) / 1000;
      seconds += ((cell.victimExecMs[index] ?? 0) - own * expectedMs) / 1000;
    }
    return { seconds, calls, workSeconds };
  }

  /** A transaction that stood idle for minutes is booked at once: a part far above the slot's median is cut to it. */
  #pausedBeyond({ pauses, saves, savingCalls }: Cell): number {
    const { between } = this.#facts.baseline;
    const usual = median(pauses.map(({ perSaveMs }) => perSaveMs));
    if (between === null || usual === null || saves === 0) return 0;
    const spentMs = pauses.reduce((sum, one) => sum + one.saves * Math.min(one.perSaveMs, mostOfMedian * usual), 0);
    const growth = between.callsPerSave === 0 ? 1 : savingCalls / saves / between.callsPerSave;
    return (spentMs - saves * between.meanMs * Math.max(1, growth)) / 1000;
  }

  #addMinute(suspect: number, unit: WorkUnit | null, minute: StoredRollup, index: number): void {
    const calls = minute.calls[index] ?? 0;
    if (unit === null || unit === 'runs' || calls === 0) return;
    const fromMs = minute.fromMs - (minute.execMs[index] ?? 0) / calls;
    this.addWork(suspect, { fromMs, toMs: minute.toMs, amount: minute[unit][index] ?? 0 });
  }

  /** An interval may be longer than a slot, or lie across the border of two. */
  #eachCell(span: TimeWindow, visit: (cell: Cell, fromMs: number, toMs: number) => void): void {
    const { clock, slots } = this.#facts;
    for (let fromMs = span.fromMs; fromMs < span.toMs;) {
      const intoMs = (clock(fromMs).timeMs - slots.fromMs) % slots.lengthMs;
      const leftMs = slots.lengthMs - (intoMs < 0 ? intoMs + slots.lengthMs : intoMs);
      const toMs = Math.min(span.toMs, fromMs + Math.max(1, leftMs));
      const cell = this.#cellAt(fromMs);
      if (cell !== null) visit(cell, fromMs, toMs);
      fromMs = toMs;
    }
  }

  #cellAt(atMs: number): Cell | null {
    const { clock, slots, suspects } = this.#facts;
    const { day, timeMs } = clock(atMs);
    const slot = slots.slotAt(timeMs);
    if (slot < 0) return null;
    const key = `${day} ${slot}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = {
        day,
        slot,
        fromMs: atMs,
        toMs: atMs,
        seconds: 0,
        looks: 0,
        sessions: new Float64Array(suspects.length),
        work: new Float64Array(suspects.length),
        victimCalls: new Float64Array(this.#victims.length),
        victimExecMs: new Float64Array(this.#victims.length),
        victimBlocks: new Float64Array(this.#victims.length),
        pauses: [],
        saves: 0,
        savingCalls: 0,
      };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  #reach(cell: Cell, fromMs: number, toMs: number): void {
    cell.fromMs = Math.min(cell.fromMs, fromMs);
    cell.toMs = Math.max(cell.toMs, toMs);
    cell.seconds += (toMs - fromMs) / 1000;
  }

  #book(cell: Cell, booked: BookedGroups, part: number): void {
    const places = this.#victimPlaces(booked.groups);
    for (let row = 0; row < booked.size; row += 1) {
      const victim = places[booked.positions[row] ?? 0] ?? -1;
      if (victim < 0) continue;
      cell.victimCalls[victim] = (cell.victimCalls[victim] ?? 0) + (booked.calls[row] ?? 0) * part;
      cell.victimExecMs[victim] = (cell.victimExecMs[victim] ?? 0) + (booked.execMs[row] ?? 0) * part;
      cell.victimBlocks[victim] = (cell.victimBlocks[victim] ?? 0) + (booked.blocks[row] ?? 0) * part;
    }
  }

  /** Among the victims, by position in the catalog; -1: none. */
  #victimPlaces(groups: readonly StatementGroup[]): Int32Array {
    this.#places ??= Int32Array.from(groups, (group) => this.#victimIndex.get(group) ?? -1);
    return this.#places;
  }

  #pause(cell: Cell, booked: BookedGroups, spentMs: number | null, part: number): void {
    const { unit } = this.#facts;
    if (spentMs === null || unit.kind !== 'saves') return;
    cell.savingCalls += booked.callsOf(flagsOf(booked.groups, unit.belongs)) * part;
    this.#pauseOf(cell, spentMs, booked.callsOf(flagsOf(booked.groups, unit.counts)), part);
  }

  #pauseOf(cell: Cell, spentMs: number, saves: number, part: number): void {
    if (saves === 0) return;
    cell.saves += saves * part;
    cell.pauses.push({ perSaveMs: spentMs / saves, saves: saves * part });
  }
}

interface Part {
  /** Places among the suspects and the victims; -1: none. */
  readonly suspect: number;
  readonly victim: number;
  readonly marker: boolean;
  readonly saving: boolean;
}
const noPart: Part = { suspect: -1, victim: -1, marker: false, saving: false };

const mostOfMedian = 3;
