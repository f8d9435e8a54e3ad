import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { budgetMinutes } from '../../../shared/model/freshness.ts';
import type { AgentHealth } from './agent-health.ts';

/** What Prometheus reads: the process itself, and the agent as `AgentHealth` has it at that moment. Times in seconds. */
export class AgentMetrics {
  readonly #registry = new Registry();
  readonly #gauges: Readonly<Record<string, Gauge>>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'daybreak_' });
    const model = ['read_model'];
    const gauge = (name: string, help: string, labelNames: string[] = []) =>
      [name, new Gauge({ name: `daybreak_${name}`, help, labelNames, registers: [this.#registry] })] as const;
    this.#gauges = Object.fromEntries([
      gauge('healthy', '1: the agent samples, watches and refreshes; /healthz says what is wrong'),
      gauge('connected', '1: the server is connected'),
      gauge('sampler_running', '1: the server is sampled'),
      gauge('sampler_last_sample_seconds', 'Server time of the last sample, Unix time'),
      gauge('watchdog_round_age_seconds', 'Since the watchdog last came round; it does every minute'),
      gauge('watchdog_look_age_seconds', 'Since a look of the watchdog at the connected server came through'),
      gauge('runner_on', '1: this agent refreshes read models'),
      gauge('runner_tick_seconds', 'How long the last tick took: the answer of the registry, and the decisions'),
      gauge('runners', 'Runners of the server, by state', ['state']),
      gauge('read_model_as_of_seconds', 'When the source data was read, Unix time', model),
      gauge('read_model_age_seconds', 'Age on the clock of the server', model),
      gauge('read_model_budget_seconds', 'The smallest freshness budget of its consumers', model),
      gauge('read_model_due_in_seconds', 'Until it is due; negative: since then', model),
      gauge('read_model_refreshing', '1: a refresh runs', model),
      gauge('read_model_usual_seconds', 'p95 of the duration of its refreshes', model),
      gauge('read_model_failures', 'Failures in a row', model),
      gauge('read_model_stopped', '1: an error that does not pass by itself has stopped its schedule', model),
      gauge('read_model_paused', '1: somebody paused it', model),
    ]);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(health: AgentHealth): Promise<string> {
    for (const gauge of Object.values(this.#gauges)) gauge.reset();
    this.#set('healthy', health.state === 'ok');
    this.#set('connected', health.server?.state === 'connected');
    this.#set('sampler_running', health.sampler?.running ?? false);
    this.#set('sampler_last_sample_seconds', seconds(health.sampler?.lastSampleAtMs));
    this.#set('watchdog_round_age_seconds', seconds(health.watching?.lastRoundAgoMs));
    this.#set('watchdog_look_age_seconds', seconds(health.watching?.lastLookAgoMs));
    if (health.schedule !== null) this.#schedule(health.schedule);
    return this.#registry.metrics();
  }

  #schedule({ runner, runners, models, nowMs }: NonNullable<AgentHealth['schedule']>): void {
    this.#set('runner_on', runner.on);
    this.#set('runner_tick_seconds', seconds(runner.lastTickMs));
    for (const state of ['reports', 'silent', 'ended'] as const) {
      this.#set('runners', runners.filter((one) => one.state === state).length, { state });
    }
    for (const model of models) {
      const labels = { read_model: model.readModel };
      const { asOfMs, budget, nextDueMs } = model;
      this.#set('read_model_as_of_seconds', seconds(asOfMs), labels);
      this.#set('read_model_age_seconds', asOfMs === null ? null : (nowMs - asOfMs) / 1000, labels);
      this.#set(
        'read_model_budget_seconds',
        budget === null || budget === 'live' ? null : budgetMinutes(budget) * 60,
        labels,
      );
      this.#set('read_model_due_in_seconds', nextDueMs === null ? null : (nextDueMs - nowMs) / 1000, labels);
      this.#set('read_model_refreshing', model.running !== null, labels);
      this.#set('read_model_usual_seconds', seconds(model.usualMs), labels);
      this.#set('read_model_failures', model.failures, labels);
      this.#set('read_model_stopped', model.stopped !== null, labels);
      this.#set('read_model_paused', model.paused !== null, labels);
    }
  }

  /** What is not known has no value at all. */
  #set(name: string, value: number | boolean | null, labels: Readonly<Record<string, string>> = {}): void {
    if (value !== null) this.#gauges[name]?.set({ ...labels }, Number(value));
  }
}

const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : ms / 1000);
