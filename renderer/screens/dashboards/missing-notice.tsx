import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Notice } from '../../app/notice.tsx';
import { dismissMissing } from '../../stores/missing-dashboard.ts';
import { missingText } from './followed-link.ts';

/** A link led to a dashboard that is not there. `shown`: the title of what is shown instead; null: there is none. */
export function MissingNotice({ shown }: { readonly shown: string | null }): ReactNode {
  return (
    <Notice
      title={missingText(shown)}
      buttons={
        <Button size="compact-sm" onClick={dismissMissing}>
          Dismiss
        </Button>
      }
    />
  );
}
