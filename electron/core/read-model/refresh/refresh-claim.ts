import type { Effort } from '../../schedule/decide/load.ts';
import type { Lease } from '../registry/leases.ts';

/** What the transactions of a run have to keep to. */
export interface RunLimits {
  /** When it has to be over, ms on the server's clock. */
  readonly endByMs: number;
  /** Asked before each transaction: the load guard may have another opinion by now. Null: as the server is set up. */
  readonly effort: () => Effort | null;
}

/** A run that the scheduler claimed, with its lease, before it begins. */
export interface RefreshClaim extends RunLimits {
  readonly lease: Lease;
}
