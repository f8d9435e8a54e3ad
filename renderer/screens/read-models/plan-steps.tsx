import { Loader, Progress } from '@mantine/core';
import { IconArrowBackUp, IconCircleCheck, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { PlanStep, StepProgress, StepResult } from '../../../shared/model/read-model.ts';
import { useNow } from '../../app/use-now.ts';
import styles from './read-models.module.css';
import { stepWords } from './words.ts';

interface PlanStepsProps {
  readonly steps: readonly PlanStep[];
  /** Results by step number, once the plan runs or has run. */
  readonly results: readonly StepResult[];
  /** How far the running step is. */
  readonly progress?: StepProgress | null | undefined;
}

/** Every step before, while and after it runs: its SQL, what it locks, who waits, how it is taken back. */
export function PlanSteps({ steps, results, progress }: PlanStepsProps) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => {
        const result = results.find((one) => one.step === step.step) ?? null;
        return (
          <li key={step.step} className={styles.step}>
            <span className={styles.stepNumber}>{step.step}</span>
            <div>
              <div className={styles.stepTitle}>{step.title}</div>
              {step.sql.length > 0 && (
                <pre className={styles.sql} tabIndex={0} aria-label={`SQL of step ${step.step}`}>
                  {step.sql.map((sql) => sql.trim()).join(';\n')}
                </pre>
              )}
              {step.undoSql.length > 0 && (
                <details className={styles.undo}>
                  <summary>How it is taken back</summary>
                  <pre className={styles.sql}>{step.undoSql.map((sql) => sql.trim()).join(';\n')}</pre>
                </details>
              )}
              {result !== null && <Result result={result} />}
              {result?.state === 'running' && progress?.step === step.step && <StepBar progress={progress} />}
            </div>
            <div className={styles.stepSide}>
              <div>
                <strong>{step.lock}</strong>
              </div>
              {step.expectedLock !== undefined && <div>held: {step.expectedLock}</div>}
              <div>blocks: {step.blocks}</div>
              <div>undo: {undoText(step)}</div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const shortUndo = 90;

/** A short undo as it is; a long one is counted here and shown in full below the step's SQL. */
function undoText({ undoSql, undoNote }: PlanStep): string {
  const joined = undoSql.map((sql) => sql.trim()).join('; ');
  const counted = undoSql.length === 1 ? '1 statement' : `${undoSql.length} statements`;
  const parts = [
    ...(undoSql.length === 0 ? [] : [joined.length <= shortUndo ? joined : counted]),
    ...(undoNote === null ? [] : [undoNote]),
  ];
  return parts.length === 0 ? '—' : parts.join('; ');
}

const icons = {
  waiting: IconCircleMinus,
  skipped: IconCircleMinus,
  done: IconCircleCheck,
  failed: IconCircleX,
  undone: IconArrowBackUp,
} as const;

function Result({ result }: { readonly result: StepResult }) {
  const tone = result.state === 'skipped' ? styles.waiting : (styles[result.state] ?? '');
  if (result.state === 'running') return <RunningStep result={result} />;
  const Icon = icons[result.state];
  return (
    <div className={styles.result}>
      <Icon size={16} aria-hidden className={tone} />
      <span className={tone}>{stepWords[result.state]}</span>
      {result.tookMs !== null && <span className="db-dim">{formatDuration(result.tookMs)}</span>}
      {result.attempts > 1 && <span className="db-dim">{result.attempts} attempts</span>}
      {result.outcome !== null && <span>{result.outcome}</span>}
      {result.error !== null && <span className={styles.failed}>{result.error}</span>}
    </div>
  );
}

/** The server's own count where it has one; else how long it has run. */
function StepBar({ progress }: { readonly progress: StepProgress }) {
  const { phase, done, total, unit, basis } = progress;
  const share = done === null || total === null || total === 0 ? null : Math.min(1, done / total);
  return (
    <div className={styles.result}>
      <Progress w={160} value={(share ?? 1) * 100} animated={share === null} aria-label={phase} />
      <span>
        {phase}
        {share !== null && ` ${Math.floor(share * 100)} %`}
      </span>
      {done !== null && unit !== 'ms' && (
        <span className="db-dim">
          {amountText(done, unit)}
          {total !== null && ` of ${amountText(total, unit)}`}
        </span>
      )}
      <span className="db-dim">{basis}</span>
    </div>
  );
}

const amountText = (amount: number, unit: StepProgress['unit']): string =>
  unit === 'bytes' ? formatBytes(amount) : `${formatCount(amount)} ${unit}`;

function RunningStep({ result }: { readonly result: StepResult }) {
  const nowMs = useNow(200);
  return (
    <div className={styles.result} role="status">
      <Loader size={14} aria-hidden />
      <span className={styles.running}>
        running{result.startedAtMs !== null && ` for ${formatDuration(Math.max(0, nowMs - result.startedAtMs))}`}
      </span>
      {result.attempts > 1 && <span className="db-dim">attempt {result.attempts}</span>}
    </div>
  );
}
