import type { StoreState } from '../../../shared/model/engine.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Salvaged } from './salvage.ts';
import type { Rescued } from './sqlite.ts';

/** The store as its reader should know it; `file`: where it belongs. */
export function storeState(file: string, rescued: Rescued | null): StoreState {
  if (rescued === null) return { kept: true, notice: null };
  return { kept: rescued.why !== 'newer', notice: noticeOf(file, rescued) };
}

function noticeOf(file: string, { why, movedTo, salvaged, refusal }: Rescued): string {
  switch (why) {
    case 'damaged':
      return (
        `The local store ${file} was damaged. It was put aside as ${movedTo} and a new one was begun: ` +
        `${takenOver(salvaged)}, and history starts now.`
      );
    case 'lost':
      return (
        `The local store ${file} was gone or empty, and a new one was begun out of the copy of the last numbers beside it: ` +
        `${takenOver(salvaged)}, and history starts now.`
      );
    case 'newer':
      return (
        `${refusal} Until then it is left as it is: ${counted(salvaged)} are shown as far as this Daybreak can read them, ` +
        'and nothing that is done now is kept.'
      );
  }
}

const many = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;

function counted({ connections, dashboards, results }: Salvaged): string {
  const numbers =
    dashboards === 0 ? '' : `, ${many(dashboards, 'dashboard')} and ${many(results, 'saved number')} of their widgets`;
  return `${many(connections, 'connection')}${numbers}`;
}

function takenOver(salvaged: Salvaged): string {
  if (salvaged.connections === 0) return 'connections have to be entered again';
  return `${counted(salvaged)} could be taken over, whatever else there was has to be entered again`;
}

/** A plan that is cut off is finished or undone by its journal: where none is kept, none may be run. */
export const noJournal = (file: string): Failure =>
  new Failure({
    code: 'storage_failed',
    message:
      `The local store ${file} was written by a newer Daybreak, and nothing is kept until that one is started: a plan that ` +
      'is cut off could not be finished or undone. Start the newer Daybreak for it, or use another profile. Nothing was changed.',
  });
