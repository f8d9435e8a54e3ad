import { performance } from 'node:perf_hooks';
import pg from 'pg';
import type { DemoConnection } from '../connection.ts';
import type { PlannedLoad } from './work-plan.ts';

/** A manager with a dashboard open: one connection, one load at a time, one widget after the other. */
export class Manager {
  readonly #pool: pg.Pool;
  readonly #widgets: readonly { readonly sql: string }[];
  #running: { readonly startedMs: number; readonly client: pg.PoolClient; cutOff: boolean } | null = null;
  #starting = false;

  constructor(dashboards: DemoConnection, widgets: readonly { readonly sql: string }[]) {
    this.#widgets = widgets;
    this.#pool = new pg.Pool({
      ...dashboards,
      max: 1,
      idleTimeoutMillis: 0,
      application_name: 'metabase',
      // A driver that is killed cannot cancel: the server then notices by itself that nobody listens any more.
      options: '-c client_connection_check_interval=1000',
    });
    this.#pool.on('error', () => undefined);
  }

  async warmUp(): Promise<void> {
    (await this.#pool.connect()).release();
  }

  get busy(): boolean {
    return this.#starting || this.#running !== null;
  }

  /** How long the load in flight has taken so far; null when there is none. */
  elapsedMs(nowMs: number): number | null {
    return this.#running === null ? null : nowMs - this.#running.startedMs;
  }

  /** Resolves to the time that all widgets took together, or to null when the load was cut off. */
  async load({ order }: PlannedLoad): Promise<number | null> {
    this.#starting = true;
    const startedMs = performance.now();
    let broken = false;
    const client = await this.#pool.connect().finally(() => (this.#starting = false));
    const running = { startedMs, client, cutOff: false };
    this.#running = running;
    try {
      for (const index of order) {
        if (running.cutOff) return null;
        await client.query(this.#widgets[index]?.sql ?? '');
      }
      return performance.now() - startedMs;
    } catch (error) {
      if (running.cutOff) return null;
      broken = !(error instanceof pg.DatabaseError);
      throw error;
    } finally {
      this.#running = null;
      client.release(broken);
    }
  }

  /** Ends the load in flight; its number on the server is what `pg_cancel_backend` wants. */
  cutOff(): number | null {
    if (this.#running === null) return null;
    this.#running.cutOff = true;
    return (this.#running.client as unknown as { readonly processID?: number | null }).processID ?? null;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
