import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Finding, Verdict } from '../../../../shared/model/diagnosis.ts';

type Predicted = Pick<Finding, 'ifGoneMeanMs' | 'ifGoneP95Ms'>;
type Measured = Pick<Verdict, 'meanMs' | 'p95Ms'>;

/** A prediction, said as one, beside what was measured; `measured` is null while the verdict is not known. */
export function ifGoneText({ ifGoneMeanMs, ifGoneP95Ms }: Predicted, measured: Measured | null): string {
  if (ifGoneMeanMs === null) return 'What the victims’ mean would have been cannot be said from this window.';
  const p95 = ifGoneP95Ms === null ? '' : `, their 95th percentile ${besides(ifGoneP95Ms, measured?.p95Ms)}`;
  return `The victims’ mean would have been ${besides(ifGoneMeanMs, measured?.meanMs)}${p95}.`;
}

const besides = (predictedMs: number, measuredMs: number | null | undefined): string =>
  `about ${formatDuration(predictedMs)}${measuredMs == null ? '' : ` instead of ${formatDuration(measuredMs)}`}`;
