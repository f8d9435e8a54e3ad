import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import type { Tone } from '../../app/tag.tsx';

export const outcomeWords: Readonly<Record<ActivityEntry['outcome'], { readonly text: string; readonly tone: Tone }>> =
  {
    running: { text: 'running', tone: 'accent' },
    done: { text: 'done', tone: 'good' },
    failed: { text: 'failed', tone: 'bad' },
    rolled_back: { text: 'rolled back', tone: 'warning' },
  };
