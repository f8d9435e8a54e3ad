import { useNow } from '../../app/use-now.ts';
import { useSchedule } from '../../stores/schedule.ts';

/** The server's clock as it must be by now, ms, renewed every `everyMs`: what was read, and what has passed since. */
export function useServerNow(everyMs = 5_000): number {
  const here = useNow(everyMs);
  const overview = useSchedule((state) => state.overview.value);
  if (overview === null) return here;
  return overview.nowMs + Math.max(0, here - overview.readAtMs);
}
