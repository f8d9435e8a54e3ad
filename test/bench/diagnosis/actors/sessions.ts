import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DemoConnection } from '../../../../resources/demo-erp/connection.ts';

/** A connection of an actor: its statements are cancelled on the server when the signal aborts. */
export class ActorSession {
  readonly #client: pg.Client;
  readonly #canceller: pg.Client;

  private constructor(client: pg.Client, canceller: pg.Client) {
    this.#client = client;
    this.#canceller = canceller;
  }

  static async open(
    connection: DemoConnection,
    options: { readonly applicationName: string; readonly settings?: Readonly<Record<string, string>> },
  ): Promise<ActorSession> {
    const client = new pg.Client({
      ...connection,
      application_name: options.applicationName,
      // A bench that is killed cannot cancel: the server then notices by itself that nobody listens any more.
      options: '-c client_connection_check_interval=1000',
    });
    // Opened now: in the middle of an incident it would be slow itself.
    const canceller = new pg.Client({ ...connection, application_name: 'daybreak-bench' });
    await Promise.all([client.connect(), canceller.connect()]);
    for (const [name, value] of Object.entries(options.settings ?? {})) {
      await client.query(`set ${client.escapeIdentifier(name)} = ${client.escapeLiteral(value)}`);
    }
    return new ActorSession(client, canceller);
  }

  /** Resolves to false when it was cancelled by the signal or by the session's statement_timeout. */
  async run(sql: string, signal: AbortSignal, values?: readonly unknown[]): Promise<boolean> {
    if (signal.aborted) return false;
    const { processID } = this.#client as unknown as { readonly processID: number };
    let ended = false;
    let cancelling: Promise<unknown> = Promise.resolve();
    const cancel = () => {
      if (!ended) cancelling = this.#canceller.query('select pg_cancel_backend($1)', [processID]);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      await this.#client.query(sql, values === undefined ? undefined : [...values]);
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === queryCanceled) return false;
      throw error;
    } finally {
      ended = true;
      signal.removeEventListener('abort', cancel);
      // A cancellation that is still on its way would meet the next statement.
      await cancelling;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.end(), this.#canceller.end()]);
  }
}

const queryCanceled = '57014';

/** Resolves early, without rejecting, when the signal aborts. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}
