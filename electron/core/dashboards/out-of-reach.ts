import type { Failure, FailureCode } from '../../../shared/model/failure.ts';

/** Failures after which the last good number is the answer. Anything else is about this query and has to be seen. */
const outOfReach: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'connection_lost',
  'host_unreachable',
  'not_connected',
]);

export const isOutOfReach = ({ value }: Failure): boolean => outOfReach.has(value.code);
