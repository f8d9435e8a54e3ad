import { Tooltip } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Caveat, Grade } from '../../../shared/model/diagnosis.ts';
import { Tag } from '../../app/tag.tsx';
import { caveatWords, gradeWords } from './words.ts';

interface GradeTagProps {
  readonly grade: Grade;
  readonly caveats?: readonly Caveat[];
}

/** How sure it is; what the grade means, and what weakens it, on hover and focus. */
export function GradeTag({ grade, caveats = [] }: GradeTagProps): ReactNode {
  const { short, meaning } = gradeWords[grade];
  const but = caveats.map(({ kind, text }) => `But ${caveatWords[kind]}: ${text}`);
  return (
    <Tooltip label={[meaning, ...but].join('\n')} style={{ whiteSpace: 'pre-line' }} events={onHoverAndFocus}>
      <span tabIndex={0} role="note" aria-label={[short, meaning, ...but].join('. ')}>
        <Tag tone={grade === 'A' || grade === 'B' ? 'accent' : 'neutral'}>
          {short}
          {caveats.length > 0 && <IconAlertTriangle size={12} aria-hidden />}
        </Tag>
      </span>
    </Tooltip>
  );
}

const onHoverAndFocus = { hover: true, focus: true, touch: true } as const;
