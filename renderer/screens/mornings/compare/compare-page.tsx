import { Button, Skeleton } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Verdict } from '../../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../../app/freshness-label.tsx';
import { useLocalTimeZone } from '../../../app/local-time-zone.ts';
import { Card, Page } from '../../../app/page.tsx';
import { TimelineChart } from '../../../charts/timeline-chart.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { useAsked } from '../../../stores/asked.ts';
import { comparedMornings } from '../../../stores/incident.ts';
import { loadTimeline, useMornings } from '../../../stores/mornings.ts';
import { Sentence } from '../sentence.tsx';
import { VerdictFacts } from '../verdict-facts.tsx';
import { conclusionWords } from '../words.ts';
import { storedOf, viewFor } from '../view.ts';
import { DifferenceTable } from './difference-table.tsx';
import { daysBefore, inOrder, isStored, windowText } from './other-mornings.ts';
import styles from './compare.module.css';

interface ComparePageProps {
  readonly server: ServerSummary;
  readonly window: TimeWindow;
  readonly other: TimeWindow | null;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOther: (other: TimeWindow | null) => void;
  readonly onOpen: (statement: Statement) => void;
  readonly onBack: () => void;
}

/** Two mornings of one server: what each was, and which statements make the difference. */
export function ComparePage(props: ComparePageProps): ReactNode {
  const { server, window, other, widgetTitles, onOther, onBack } = props;
  const { serverId } = server;
  const timeZone = useLocalTimeZone();
  const timeline = useMornings((state) => state.timeline);
  const stored = storedOf(timeline.value?.timeline ?? null);
  useEffect(() => {
    // All that is stored, to choose the other morning from: the first answer says how much that is.
    const loadAll = async () => {
      const shown = useMornings.getState().timeline.value ?? (await loadTimeline(serverId, null));
      const known = storedOf(shown?.timeline ?? null);
      if (known !== null) await loadTimeline(serverId, viewFor('all', null, known.toMs, known.fromMs).view);
    };
    void loadAll();
  }, [serverId]);
  const answer = useAsked(
    comparedMornings,
    other === null ? null : { serverId, ...inOrder(other, window), readerTimeZone: timeZone },
  );

  const presets = [
    { id: 'yesterday', label: 'The day before, same time', window: daysBefore(window, 1) },
    { id: 'last-week', label: 'The week before, same day', window: daysBefore(window, 7) },
  ];
  useCommands(
    'mornings-compare',
    presets
      .filter((preset) => isStored(preset.window, stored))
      .map((preset) => ({
        id: `compare-${preset.id}`,
        title: `Compare with: ${preset.label}`,
        group: 'Compare',
        run: () => onOther(preset.window),
      })),
  );

  return (
    <Page title="Compare mornings" actions={<Button onClick={onBack}>Back to the morning</Button>}>
      <Card
        title="Compare with"
        aside={presets.map((preset) => (
          <Button
            key={preset.id}
            size="compact-sm"
            disabled={!isStored(preset.window, stored)}
            title={
              isStored(preset.window, stored) ? windowText(preset.window, timeZone) : 'Nothing is stored of that time'
            }
            onClick={() => onOther(preset.window)}
          >
            {preset.label}
          </Button>
        ))}
      >
        {timeline.problem !== null && <FailureNotice problem={timeline.problem} />}
        {timeline.value === null ? (
          <Skeleton height={140} aria-label="Loading the timeline" />
        ) : (
          <TimelineChart
            timeline={{ ...timeline.value.timeline, suggestion: null }}
            selection={other}
            onSelect={onOther}
            height="150px"
            brushLabel="The other morning"
          />
        )}
        <p className={styles.hint}>
          {other === null
            ? `What shall ${windowText(window, timeZone)} be compared with? Press a button above, or drag over the timeline.`
            : `${windowText(other, timeZone)} against ${windowText(window, timeZone)}.`}
        </p>
      </Card>
      {answer.problem !== null && <FailureNotice problem={answer.problem} onRetry={answer.reload} />}
      {answer.value === null && answer.loading && <Skeleton height={260} aria-label="Comparing the mornings" />}
      {answer.value !== null && (
        <>
          <section aria-label="Difference" className={styles.sentence}>
            <Sentence text={answer.value.comparison.sentence} />
            <FreshnessLabel freshness={answer.value.freshness} />
          </section>
          <div className={styles.sides}>
            <Side title="Before" verdict={answer.value.comparison.before} />
            <Side title="After" verdict={answer.value.comparison.after} />
          </div>
          <Card title="Statements that make the difference" fill>
            <DifferenceTable
              statements={answer.value.comparison.statements}
              worstDamageSeconds={Math.max(
                answer.value.comparison.before.damageSeconds,
                answer.value.comparison.after.damageSeconds,
              )}
              widgetTitles={widgetTitles}
              onOpen={props.onOpen}
            />
          </Card>
        </>
      )}
    </Page>
  );
}

function Side({ title, verdict }: { readonly title: string; readonly verdict: Verdict }): ReactNode {
  const timeZone = useLocalTimeZone();
  return (
    <Card title={`${title}: ${windowText(verdict, timeZone)}`} aside={conclusionWords[verdict.conclusion].title}>
      <Sentence text={verdict.sentence} />
      <VerdictFacts verdict={verdict} />
    </Card>
  );
}
