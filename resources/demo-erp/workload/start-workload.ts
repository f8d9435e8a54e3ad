import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { entryPoint } from '../../../electron/core/entry-points.ts';
import type { LoadReport } from '../../../shared/model/demo.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { DemoConnection } from '../connection.ts';
import type { FromDriver, ToDriver, WorkloadOrder } from './protocol.ts';

export interface WorkloadOptions {
  /** The ERP's program: saves invoices. */
  readonly app: DemoConnection;
  /** The dashboard tool: asks the widgets' queries. */
  readonly dashboards: DemoConnection;
  readonly ratePerSecond: number;
  readonly managers: number;
  readonly dashboardEverySeconds?: number;
  readonly widgets: readonly { readonly widgetId: string; readonly sql: string }[];
  /** Two runs with the same seed issue the same work at the same intended times. */
  readonly seed: number;
  /** Without it the load runs until it is stopped. */
  readonly durationSeconds?: number;
  /** Aborting stops the load; `finished` then resolves to what was measured until then. */
  readonly signal?: AbortSignal;
  /** Once a second, with the whole run so far. */
  readonly onReport?: (total: LoadReport) => void;
}

export interface Workload {
  /** The last ten seconds (counts of loads are those of the whole run); null before the first second is over. */
  current(): LoadReport | null;
  /** Resolves when the run is over; rejects with a Failure when the driver could not run. */
  readonly finished: Promise<LoadReport>;
  /** Ends the run: loads in flight are cancelled on the server. Safe to call twice. */
  stop(): Promise<LoadReport>;
}

/** A driver that neither answers nor ends is killed after this. */
const stopMs = 15_000;

/** Starts the load in a process of its own, which ends with this one. */
export function startWorkload(options: WorkloadOptions): Workload {
  const order: WorkloadOrder = {
    app: options.app,
    dashboards: options.dashboards,
    ratePerSecond: options.ratePerSecond,
    managers: options.widgets.length === 0 ? 0 : options.managers,
    dashboardEverySeconds: options.dashboardEverySeconds ?? 5,
    widgets: options.widgets,
    seed: options.seed,
    durationSeconds: options.durationSeconds ?? null,
  };
  const driver = fork(fileURLToPath(entryPoint('workload')), [], {
    // Inside Electron our executable is Electron, which is Node only when asked to be.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let current: LoadReport | null = null;
  let complaint = '';
  driver.stderr?.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)));

  const finished = new Promise<LoadReport>((resolve, reject) => {
    driver.on('message', (message: FromDriver) => {
      if (message.kind === 'report') {
        current = message.recent;
        options.onReport?.(message.total);
      } else if (message.kind === 'finished') resolve(message.total);
      else reject(ended(message.message));
    });
    driver.once('error', (error) => reject(ended(error.message)));
    // 'close' comes after the last message and the last of standard error.
    driver.once('close', (code, signal) => reject(ended(complaint || `it ended with ${signal ?? `code ${code}`}`)));
  });
  finished.catch(() => undefined); // whoever awaits it hears of it

  const send = (message: ToDriver) => {
    if (driver.connected) driver.send(message, () => undefined);
  };
  const stop = async (): Promise<LoadReport> => {
    send({ kind: 'stop' });
    const killing = setTimeout(() => driver.kill('SIGKILL'), stopMs);
    try {
      return await finished;
    } finally {
      clearTimeout(killing);
    }
  };
  const onAbort = () => void stop().catch(() => undefined);
  send({ kind: 'start', order });
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  void finished.finally(() => options.signal?.removeEventListener('abort', onAbort)).catch(() => undefined);
  return { current: () => current, finished, stop };
}

const ended = (reason: string) =>
  new Failure({ code: 'server_error', message: `The load on the demo ERP ended before its time: ${reason}` });
