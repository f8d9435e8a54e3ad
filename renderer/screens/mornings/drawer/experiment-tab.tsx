import type { ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { Skeleton } from '@mantine/core';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { experiments } from '../../../stores/experiments.ts';
import { ExperimentForm } from './experiment-form.tsx';
import { ExperimentView } from './experiment-view.tsx';
import styles from './drawer.module.css';

interface ExperimentTabProps {
  readonly server: ServerSummary;
  readonly statement: Statement;
  readonly window: TimeWindow;
}

/** The only way to grade A: mornings with the suspect and without it, drawn by lot. */
export function ExperimentTab({ server, statement, window }: ExperimentTabProps): ReactNode {
  const { serverId } = server;
  const { value, problem, loading, reload } = useAsked(experiments, { serverId });
  const mine = (value ?? []).filter((one) => one.statement.fingerprint === statement.fingerprint);
  const running = mine.some(({ state }) => state === 'running');
  return (
    <section aria-label="Experiment" className={styles.body}>
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      {value === null && loading && (
        <Skeleton className={styles.skeleton} height={160} aria-label="Loading the experiments" />
      )}
      {mine.map((experiment) => (
        <ExperimentView key={experiment.experimentId} experiment={experiment} />
      ))}
      {value !== null && !running && server.capture === null && (
        <ExperimentForm serverId={serverId} statement={statement} window={window} />
      )}
      {value !== null && server.capture !== null && mine.length === 0 && (
        <p className="db-dim">An experiment needs the mornings to come: it cannot be made on a capture.</p>
      )}
    </section>
  );
}
