import { Button, NumberInput, Skeleton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconUserExclamation } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Conclusion } from '../../../shared/model/diagnosis.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useMornings } from '../../stores/mornings.ts';
import { Sentence } from './sentence.tsx';
import { VerdictFacts } from './verdict-facts.tsx';
import { conclusionWords } from './words.ts';
import styles from './mornings.module.css';

interface VerdictCardProps {
  readonly saidSeconds: number | null;
  readonly onSaid: (seconds: number | null) => void;
  readonly onRetry: () => void;
  readonly onClear: () => void;
}

/** What the incident's window says. The last verdict stays while a new one is worked out. */
export function VerdictCard(props: VerdictCardProps): ReactNode {
  const { value, loading, problem } = useMornings((state) => state.verdict);
  return (
    <>
      {problem !== null && (
        <FailureNotice problem={problem} onRetry={props.onRetry} title="This window cannot be diagnosed" />
      )}
      {value === null && loading && (
        <Card>
          <Skeleton className={styles.skeleton} height={22} width="70%" mb="sm" aria-label="Working out the verdict" />
          <Skeleton className={styles.skeleton} height={14} width="40%" />
        </Card>
      )}
      {value !== null && (
        <section aria-label="Verdict" aria-live="polite" aria-busy={loading} className={styles.verdict}>
          {loading && <div className={styles.progress} aria-hidden />}
          <div className={styles.verdictHead}>
            <ConclusionLine conclusion={value.verdict.conclusion} />
            <div className={styles.verdictButtons}>
              <FreshnessLabel freshness={value.freshness} />
              <CopyButton text={value.verdict.sentence} what="the verdict" />
              <Button size="compact-sm" variant="subtle" color="gray" onClick={props.onClear}>
                Clear the window
              </Button>
            </div>
          </div>
          <Sentence text={value.verdict.sentence} />
          <Advice conclusion={value.verdict.conclusion} />
          <div className={styles.verdictNumbers}>
            <VerdictFacts verdict={value.verdict} />
            <SaidInput seconds={props.saidSeconds} onSaid={props.onSaid} />
          </div>
          <div className={styles.badges}>
            {value.verdict.badges.map(({ kind, tone, text }) => (
              <Tag key={`${kind} ${text}`} tone={tone}>
                {text}
              </Tag>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

const conclusionIcons = {
  bad: IconUserExclamation,
  warning: IconAlertTriangle,
  neutral: IconInfoCircle,
  good: IconCircleCheck,
} as const;

function ConclusionLine({ conclusion }: { readonly conclusion: Conclusion }): ReactNode {
  const { tone, title } = conclusionWords[conclusion];
  const Icon = conclusionIcons[tone];
  return (
    <div className={styles.conclusion} data-tone={tone} data-conclusion={conclusion}>
      <Icon size={15} aria-hidden /> {title}
    </div>
  );
}

function Advice({ conclusion }: { readonly conclusion: Conclusion }): ReactNode {
  const { advice } = conclusionWords[conclusion];
  return advice === null ? null : <p className={styles.advice}>{advice}</p>;
}

/** A number that is typed is taken after this pause. */
const settleMs = 700;

/** Far above what was measured, it is not the database: only people can say how long they wait. */
function SaidInput({
  seconds,
  onSaid,
}: {
  readonly seconds: number | null;
  readonly onSaid: (seconds: number | null) => void;
}): ReactNode {
  const [typed, setTyped] = useState<{ readonly text: string | number; readonly of: number | null }>({
    text: seconds ?? '',
    of: seconds,
  });
  // The address changed, by this field or by somebody's link.
  if (typed.of !== seconds) setTyped({ text: seconds ?? '', of: seconds });
  const take = useDebouncedCallback((value: string | number) => {
    const said = Number(value);
    onSaid(value !== '' && Number.isFinite(said) && said > 0 ? said : null);
  }, settleMs);
  return (
    <label className={styles.said}>
      <span>People report that a save takes</span>
      <NumberInput
        size="xs"
        w={76}
        aria-label="Seconds that a save takes, as people report it"
        placeholder="–"
        min={0}
        decimalScale={1}
        hideControls
        value={typed.text}
        onChange={(value) => {
          setTyped({ ...typed, text: value });
          take(value);
        }}
      />
      <span>s</span>
    </label>
  );
}
