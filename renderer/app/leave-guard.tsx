import { useEffect, useState, type ReactNode } from 'react';
import { Confirm } from './confirm.tsx';
import { holdRoute } from './route-hold.ts';

interface LeaveGuardProps {
  /** There is something to lose. */
  readonly dirty: boolean;
  /** What is lost, e.g. 'this widget'. */
  readonly what: string;
  readonly onDiscard: () => void;
}

/** Asks before unsaved work is left behind: by a link, the palette, a shortcut, the browser's back button or closing. */
export function LeaveGuard({ dirty, what, onDiscard }: LeaveGuardProps): ReactNode {
  const [leave, setLeave] = useState<(() => void) | null>(null);

  useEffect(() => {
    if (!dirty) return undefined;
    const release = holdRoute((go) => setLeave(() => go));
    const onClose = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', onClose);
    return () => {
      release();
      window.removeEventListener('beforeunload', onClose);
    };
  }, [dirty]);

  return (
    <Confirm
      opened={leave !== null}
      title="Leave without saving?"
      action="Discard the changes"
      danger
      onClose={() => setLeave(null)}
      onConfirm={async () => {
        onDiscard();
        leave?.();
      }}
    >
      What you changed in {what} is not saved yet.
    </Confirm>
  );
}
