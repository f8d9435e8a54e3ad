import type { StartExperiment } from '../../../shared/contract/experiments.ts';
import type { Experiment, ExperimentRecord } from '../../../shared/model/experiment.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import { balancedAssignment } from '../diagnosis/experiment/assignment.ts';
import type { History } from '../history/history.ts';
import type { Mornings } from '../mornings/mornings.ts';
import type { Ports } from '../ports.ts';
import { civilDayAt, civilDaysFrom, isCivilDay, momentOf, nextCivilDay } from './civil-days.ts';
import { describeExperiment, resultOf } from './described.ts';
import { isSettled, measureDue } from './measure-due.ts';

interface Options {
  readonly ports: Pick<Ports, 'clock'>;
  readonly history: History;
  readonly servers: Pick<KnownServers, 'stored'>;
  readonly mornings: Pick<Mornings, 'statement'>;
}

/** How far back a statement is looked for when an experiment begins with it. */
const recentMs = 3_600_000;

/**
 * Randomised mornings: which of them run with the suspect and which without is drawn, not chosen, so that nothing else
 * can explain a difference. Daybreak draws, measures and judges; that the suspect really stays away is up to people,
 * and is checked. Everything is in the local store; a restarted engine goes on.
 */
export class Experiments {
  readonly #options: Options;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  start(input: StartExperiment): Promise<Experiment> {
    return this.#oneByOne(async () => {
      const { serverId, statementId, days, fromMinute, toMinute, workdaysOnly = true } = input;
      const { history, servers, ports } = this.#options;
      await servers.stored(serverId);
      const nowMs = ports.clock.nowMs();
      const timeZone = checkedTimeZone(input.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
      if (days % 2 !== 0) throw invalid(`${days} mornings cannot be halved: take an even number.`);
      if (toMinute <= fromMinute) throw invalid('The watched part of the morning ends before it begins.');
      const first = input.firstDay ?? nextCivilDay(civilDayAt(nowMs, timeZone));
      if (!isCivilDay(first)) throw invalid(`${JSON.stringify(first)} is no day. Write it as 2026-11-30.`);
      const planned = civilDaysFrom(first, days, workdaysOnly).map((day) => ({
        day,
        fromMs: momentOf(day, fromMinute, timeZone),
        toMs: momentOf(day, toMinute, timeZone),
      }));
      if ((planned[0]?.fromMs ?? 0) <= nowMs) {
        throw invalid(`The first morning (${planned[0]?.day}) has begun already. Begin with a later day.`);
      }
      const statement = await this.#suspect(serverId, statementId);
      const running = (await history.experiments.list(serverId)).find(
        (other) => other.state === 'running' && other.statement.fingerprint === statement.fingerprint,
      );
      if (running !== undefined) {
        throw invalid('An experiment with this statement is running. End or abandon it first.');
      }
      const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
      const arms = balancedAssignment(days, seed);
      const record: ExperimentRecord = {
        experimentId: crypto.randomUUID(),
        serverId,
        statement,
        fromMinute,
        toMinute,
        timeZone,
        createdAtMs: nowMs,
        seed,
        state: 'running',
        result: null,
        days: planned.map((day, index) => ({
          ...day,
          arm: arms[index] ?? 'live',
          measured: null,
          problem: null,
          decision: null,
        })),
      };
      await history.experiments.save(record);
      return describeExperiment(record);
    });
  }

  /** Newest first; mornings that are over are measured before, and told when the experiment is over. */
  list(serverId: string): Promise<{ experiments: Experiment[] }> {
    return this.#oneByOne(async () => {
      await this.#options.servers.stored(serverId);
      return { experiments: (await this.#measured(serverId)).map(describeExperiment) };
    });
  }

  exclude(serverId: string, experimentId: string, day: string, reason: string | null): Promise<Experiment> {
    return this.#oneByOne(async () => {
      const record = await this.#record(serverId, experimentId);
      if (record.state !== 'running') {
        throw invalid(
          `This experiment is ${record.state}: which of its mornings count was settled before their times were shown.`,
        );
      }
      if (!record.days.some((own) => own.day === day)) {
        throw new Failure({ code: 'not_found', message: `${day} is not a morning of this experiment.` });
      }
      const days = record.days.map((own) => (own.day === day ? { ...own, decision: decide(own, reason) } : own));
      return this.#save({ ...record, days });
    });
  }

  end(serverId: string, experimentId: string, state: 'ended' | 'abandoned'): Promise<Experiment> {
    return this.#oneByOne(async () => {
      const record = await this.#record(serverId, experimentId);
      if (record.state !== 'running') throw invalid(`This experiment is ${record.state} already.`);
      return this.#save({ ...record, state });
    });
  }

  /** Measures the mornings of all servers that are over, before their minutes are past retention. */
  measureAll(): Promise<void> {
    return this.#oneByOne(async () => {
      for (const { serverId } of await this.#options.history.connections.list()) await this.#measured(serverId);
    });
  }

  /** Resolves when nothing of ours writes any more. */
  async settled(): Promise<void> {
    await this.#queue.catch(() => undefined);
  }

  /** Calls that read a record and write it again must not overlap. */
  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #measured(serverId: string): Promise<ExperimentRecord[]> {
    const { history, ports } = this.#options;
    const nowMs = ports.clock.nowMs();
    const records: ExperimentRecord[] = [];
    for (const record of await history.experiments.list(serverId)) {
      const measured = await measureDue(history, record, nowMs);
      const over = measured.state === 'running' && measured.days.every((day) => isSettled(day, nowMs));
      const next: ExperimentRecord = over ? { ...measured, state: 'ended' } : measured;
      if (next === record) {
        records.push(record);
        continue;
      }
      const judged = { ...next, result: resultOf(next) };
      await history.experiments.save(judged);
      records.push(judged);
    }
    return records;
  }

  async #record(serverId: string, experimentId: string): Promise<ExperimentRecord> {
    await this.#options.servers.stored(serverId);
    const found = (await this.#measured(serverId)).find((record) => record.experimentId === experimentId);
    if (found !== undefined) return found;
    throw new Failure({
      code: 'not_found',
      message: `There is no experiment ${JSON.stringify(experimentId)} on this server. \`experiments.list\` shows those that exist.`,
    });
  }

  async #save(record: ExperimentRecord): Promise<Experiment> {
    const judged = { ...record, result: resultOf(record) };
    await this.#options.history.experiments.save(judged);
    return describeExperiment(judged);
  }

  async #suspect(serverId: string, statementId: string): Promise<Statement> {
    const { history, mornings } = this.#options;
    const extent = await history.samples.extent(serverId);
    const toMs = (extent?.toMs ?? 0) + 1;
    const recent = { fromMs: Math.max(extent?.fromMs ?? 0, toMs - recentMs), toMs };
    const statement = await mornings.statement(serverId, statementId, recent);
    if (statement.class === 'oltp') {
      throw invalid(
        'This statement is OLTP work, which cannot stay away for a morning. Choose a suspect, not a victim.',
      );
    }
    return statement;
  }
}

/** Null takes back a person's exclusion; where there was none, it takes in a morning whose arm did not hold. */
function decide({ decision }: ExperimentRecord['days'][number], reason: string | null) {
  if (reason !== null) return { counts: false, reason };
  return decision?.counts === false ? null : { counts: true, reason: null };
}

function checkedTimeZone(timeZone: string): string {
  try {
    civilDayAt(0, timeZone);
    return timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(`There is no time zone ${JSON.stringify(timeZone)}. Write it as Europe/Berlin.`);
  }
}

const invalid = (message: string): Failure => new Failure({ code: 'invalid_input', message });
