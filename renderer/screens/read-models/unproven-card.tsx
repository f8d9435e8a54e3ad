import { Checkbox } from '@mantine/core';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';

interface UnprovenCardProps {
  /** There is nothing that the definition could be compared with. */
  readonly againstNothing: boolean;
  readonly unproven: boolean;
  readonly onUnproven: (unproven: boolean) => void;
}

/** The person's word for what nothing proves. */
export function UnprovenCard({ againstNothing, unproven, onUnproven }: UnprovenCardProps) {
  return (
    <Card title="Your word" tags={<Tag tone="warning">not proven</Tag>}>
      <p>
        {againstNothing
          ? 'Not proven against anything: the definition is written by hand, and there is no statement, widget or SELECT to compare it with.'
          : 'Not all of it is proven yet. The plan keeps what was compared, what was not, and your word for the rest.'}
      </p>
      <Checkbox
        size="xs"
        label="Build it unproven: I answer for its numbers"
        checked={unproven}
        onChange={(event) => onUnproven(event.currentTarget.checked)}
      />
    </Card>
  );
}
