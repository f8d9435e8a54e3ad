import type { LoadReport } from '../../../shared/model/demo.ts';
import type { DemoConnection } from '../connection.ts';

/** What the driver is to do. Travels over the process channel, because it holds passwords. */
export interface WorkloadOrder {
  readonly app: DemoConnection;
  readonly dashboards: DemoConnection;
  readonly ratePerSecond: number;
  readonly managers: number;
  readonly dashboardEverySeconds: number;
  readonly widgets: readonly { readonly widgetId: string; readonly sql: string }[];
  readonly seed: number;
  /** null: until it is told to stop. */
  readonly durationSeconds: number | null;
}

export type ToDriver = { readonly kind: 'start'; readonly order: WorkloadOrder } | { readonly kind: 'stop' };

export type FromDriver =
  /** Once a second: the last ten seconds, and the whole run so far. */
  | { readonly kind: 'report'; readonly recent: LoadReport; readonly total: LoadReport }
  | { readonly kind: 'finished'; readonly total: LoadReport }
  | { readonly kind: 'failed'; readonly message: string };
