import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { dismissScheduleTold, useSchedule } from '../../stores/schedule.ts';

/** What the last change did, and the way back. */
export function ScheduleToldNotice(): ReactNode {
  const told = useSchedule((state) => state.told);
  const { busy, problem, run } = useAction();
  if (told === null) return problem === null ? null : <FailureNotice problem={problem} />;
  const { undo } = told;
  return (
    <>
      <Notice
        title={told.text}
        buttons={
          <>
            {undo !== null && (
              <Button
                size="compact-sm"
                variant="filled"
                loading={busy !== null}
                onClick={() =>
                  void run('undo', async () => {
                    await undo();
                    dismissScheduleTold();
                  })
                }
              >
                Undo
              </Button>
            )}
            <Button size="compact-sm" onClick={dismissScheduleTold}>
              Dismiss
            </Button>
          </>
        }
      />
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}
