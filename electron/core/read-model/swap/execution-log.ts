import type { Execution, Plan, StepResult } from '../../../../shared/model/read-model.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';

/** The execution of one plan as it goes on: every change is stored before anything else happens. */
export class ExecutionLog {
  #execution: Execution;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #onProgress: (execution: Execution) => void;

  constructor(execution: Execution, journal: Journal, clock: Clock, onProgress: (execution: Execution) => void) {
    this.#execution = execution;
    this.#journal = journal;
    this.#clock = clock;
    this.#onProgress = onProgress;
  }

  static begin(executionId: string, plan: Plan, startedAtMs: number): Execution {
    return {
      executionId,
      planId: plan.planId,
      state: 'running',
      startedAtMs,
      endedAtMs: null,
      message: null,
      steps: plan.steps.map(({ step }) => ({
        step,
        state: 'waiting',
        startedAtMs: null,
        tookMs: null,
        attempts: 0,
        outcome: null,
        error: null,
      })),
    };
  }

  get execution(): Execution {
    return this.#execution;
  }

  stepState(step: number): StepResult['state'] {
    return this.#step(step).state;
  }

  async save(): Promise<void> {
    await this.#journal.saveExecution(this.#execution);
    this.#onProgress(this.#execution);
  }

  async started(step: number): Promise<void> {
    await this.#change(step, {
      state: 'running',
      startedAtMs: this.#clock.nowMs(),
      attempts: 1,
      outcome: null,
      error: null,
    });
  }

  async waiting(step: number, attempts: number, outcome: string): Promise<void> {
    await this.#change(step, { attempts, outcome });
  }

  async ended(step: number, state: StepResult['state'], result: Partial<StepResult> = {}): Promise<void> {
    const { startedAtMs } = this.#step(step);
    const tookMs = startedAtMs === null ? null : this.#clock.nowMs() - startedAtMs;
    await this.#change(step, { tookMs, ...result, state });
  }

  async undone(step: number): Promise<void> {
    await this.#change(step, { state: 'undone' });
  }

  /** Everything is built, and it waits for somebody's word before it switches; or it does no longer. */
  async holding(holding: boolean): Promise<void> {
    this.#execution = { ...this.#execution, holding };
    await this.save();
  }

  /** Ends the execution and its plan. */
  async end(state: Execution['state'], message: string | null): Promise<Execution> {
    this.#execution = { ...this.#execution, state, message, holding: false, endedAtMs: this.#clock.nowMs() };
    await this.save();
    await this.#journal.setPlanState(this.#execution.planId, state);
    return this.#execution;
  }

  /** The server went away: the next connection finishes or undoes it, so it stays 'running' in the store. */
  async interrupted(message: string): Promise<Execution> {
    this.#execution = { ...this.#execution, message };
    await this.save();
    await this.#journal.setPlanState(this.#execution.planId, 'interrupted');
    return this.#execution;
  }

  #step(step: number): StepResult {
    const found = this.#execution.steps.find((one) => one.step === step);
    if (found === undefined) throw new Error(`execution ${this.#execution.executionId} has no step ${step}`);
    return found;
  }

  async #change(step: number, change: Partial<StepResult>): Promise<void> {
    this.#execution = {
      ...this.#execution,
      steps: this.#execution.steps.map((one) => (one.step === step ? { ...one, ...change } : one)),
    };
    await this.save();
  }
}
