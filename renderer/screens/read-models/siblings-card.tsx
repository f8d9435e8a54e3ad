import { useEffect, useState } from 'react';
import type { Sibling } from '../../../shared/model/derivation.ts';
import { Card } from '../../app/page.tsx';
import { href } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { siblingsOf } from '../../stores/plans.ts';
import styles from './read-models.module.css';

interface SiblingsCardProps {
  readonly serverId: string;
  readonly statementId: string;
}

/** What else hurts and reads the same tables; nothing where there is none. Each gets a read model of its own. */
export function SiblingsCard({ serverId, statementId }: SiblingsCardProps) {
  const [siblings, setSiblings] = useState<readonly Sibling[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    siblingsOf(serverId, statementId, controller.signal).then(
      (found) => controller.signal.aborted || setSiblings(found),
      // They are an offer: the proposal itself says what is wrong with the server.
      () => undefined,
    );
    return () => controller.abort();
  }, [serverId, statementId]);
  if (siblings.length === 0) return null;
  return (
    <Card title="Others read the same tables" aside="one question, one read model">
      <ul className={styles.warnings}>
        {siblings.map(({ statementId: other, text, sameGrain }) => (
          <li key={other}>
            <a href={href('/read-models/propose', { statement: other })} className={styles.mono} title={text}>
              {shortened(text)}
            </a>{' '}
            {sameGrain && <Tag title="Its read model would have the same key">same grain</Tag>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const longest = 120;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest)} …`;
}
