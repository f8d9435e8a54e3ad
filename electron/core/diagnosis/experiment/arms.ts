import type { Experiment } from '../../../../shared/model/experiment.ts';
import { fixed } from '../../../../shared/format/number-formats.ts';
import { median } from '../history-view.ts';

type Day = Pick<Experiment['days'][number], 'arm' | 'exposure' | 'saves'>;

/** Of its usual sessions: with more of them it was not away, with less of them it did not really run. */
const awayPart = 0.1;
const presentPart = 0.25;
/** Below this many saves a mean says little. */
const fewestSaves = 20;

/** Why a measured morning does not count, by day; null where it does, or is not measured yet. */
export function brokenArms(days: readonly Day[]): (string | null)[] {
  const usual = median(
    days.flatMap(({ arm, exposure }) => (arm === 'live' && exposure !== null && exposure > 0 ? [exposure] : [])),
  );
  return days.map(({ arm, exposure, saves }) => {
    if (exposure === null || saves === null) return null;
    if (saves < fewestSaves) return `only ${saves} saves were counted, which is too few for a mean`;
    const sessions = `${fixed(exposure, exposure < 0.095 ? 2 : 1)} sessions on average`;
    if (arm === 'live') {
      if (exposure === 0) return 'it should have run, but was not seen at all';
      if (usual !== null && exposure < presentPart * usual)
        return `it should have run as always, but hardly did (${sessions})`;
      return null;
    }
    // Nothing is known yet about how much is usual: any activity breaks the promise of a morning without it.
    const limit = usual === null ? 0 : awayPart * usual;
    return exposure > limit ? `it should not have run, but did (${sessions})` : null;
  });
}
