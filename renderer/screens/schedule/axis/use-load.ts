import { useMemo } from 'react';
import { loadCurve, type LoadStep, usualLoad, type UsualLoad } from '../../../../shared/model/usual-load.ts';
import { useLocalTimeZone } from '../../../app/local-time-zone.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { measuredLoad, usualDays } from '../../../stores/schedule-load.ts';

const minuteMs = 60_000;
const usualFromDaysMs = 14 * 24 * 60 * minuteMs;
/** A usual day does not change by the minute: it is asked for once in so long. */
const usualEveryMs = 60 * minuteMs;
const measuredEveryMs = 5 * minuteMs;

export interface ShownLoad {
  readonly steps: readonly LoadStep[];
  readonly usual: UsualLoad | null;
}

/** The ERP's load on the axis: as sampled up to now, as usual from now on. Times are of the server's clock. */
export function useLoad(serverId: string, scale: TimeWindow, nowMs: number): ShownLoad {
  const timeZone = useLocalTimeZone();
  const untilMs = Math.floor(nowMs / usualEveryMs) * usualEveryMs;
  const seenToMs = Math.floor(nowMs / measuredEveryMs) * measuredEveryMs;
  const usualAnswer = useAsked(usualDays, {
    serverId,
    fromMs: untilMs - usualFromDaysMs,
    toMs: untilMs + usualEveryMs,
  });
  const measured = useAsked(measuredLoad, { serverId, fromMs: scale.fromMs, toMs: seenToMs });
  const usual = useMemo(
    () => (usualAnswer.value === null ? null : usualLoad(usualAnswer.value, timeZone)),
    [usualAnswer.value, timeZone],
  );
  const { fromMs, toMs } = scale;
  const steps = useMemo(() => {
    const seen = measured.value ?? { buckets: [], bucketMs: measuredEveryMs };
    const none = usualLoad({ buckets: [], bucketMs: measuredEveryMs }, timeZone);
    return loadCurve(seen, usual ?? none, { fromMs, toMs, nowMs: seenToMs }, timeZone);
  }, [measured.value, usual, fromMs, toMs, seenToMs, timeZone]);
  return { steps, usual };
}
