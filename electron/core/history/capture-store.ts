import type { Capture } from '../../../shared/model/history-usage.ts';
import type { EndedExperiment } from '../diagnosis/input.ts';
import type { StoredConnection, StoredOrigin } from './history.ts';
import type { RollupContent } from './roll-up.ts';

/** A history that was opened from a file. */
export interface OpenedCapture {
  readonly captureId: string;
  readonly capture: Capture;
  /** Dashboard widgets of the machine where it was taken, by the fingerprint of their query. */
  readonly widgets: readonly CapturedWidget[];
  /** Where it was taken, e.g. 'Europe/Berlin'; absent in captures of older versions, as are its experiments. */
  readonly timeZone?: string | undefined;
  readonly experiments?: readonly EndedExperiment[] | undefined;
}
export interface CapturedWidget {
  readonly widgetId: string;
  readonly fingerprint: string;
  readonly widgetTitle?: string | undefined;
  readonly dashboardTitle?: string;
}
/**
 * Captures are written under a server that nobody sees, and appear whole when they are finished. What an import that
 * broke off left behind is removed at the next start.
 */
export interface CaptureStore {
  /** The server that a capture was opened as; null when it was not. */
  find(captureId: string): Promise<string | null>;
  /** Begins an import; what was left of an earlier try is removed. Resolves to the hidden server's id. */
  begin(opened: OpenedCapture): Promise<string>;
  /** Minutes and hours of which no raw history came along; `rollups` with ids of the hidden server. */
  saveRollups(hiddenServerId: string, rollups: readonly ImportedRollup[]): Promise<void>;
  /** Ids of origins in this store, in the order of `origins`; made where they are not known. */
  originIds(origins: readonly Omit<StoredOrigin, 'originId'>[]): Promise<number[]>;
  finish(captureId: string, connection: StoredConnection): Promise<void>;
  /** Gives an import up. */
  abandon(captureId: string): Promise<void>;
}
export interface ImportedRollup {
  readonly tier: 'minute' | 'hour';
  readonly fromMs: number;
  readonly content: RollupContent;
}
