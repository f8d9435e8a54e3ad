import type { RunDatabase } from '../bench-server.ts';

export interface ActorContext {
  readonly database: RunDatabase;
  /** Uniform in [0, 1), of this actor's own. */
  readonly random: () => number;
}

/** Somebody beside the savers: a report's users, the holder of a lock, an import, a process outside of the server. */
export interface Actor {
  readonly name: string;
  /** Opens connections and warms up, before the run starts. */
  prepare(context: ActorContext): Promise<PreparedActor>;
}

export interface PreparedActor {
  /**
   * At work from now until `signal` aborts; resolves when nothing of it runs any more, which is at once: what is in
   * flight then is cancelled. Called once for each span. Rejects for what is not a cancellation.
   */
  work(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
