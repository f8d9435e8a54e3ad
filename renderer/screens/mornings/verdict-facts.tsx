import type { ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent } from '../../../shared/format/ratio.ts';
import type { Verdict } from '../../../shared/model/diagnosis.ts';
import styles from './mornings.module.css';

/** The figures of a verdict, small enough for two beside each other. */
export function VerdictFacts({ verdict }: { readonly verdict: Verdict }): ReactNode {
  const { baselineMeanMs, meanMs, baselineP95Ms, p95Ms } = verdict;
  return (
    <dl className={styles.verdictFacts}>
      <Fact name="a save, mean">{fromTo(baselineMeanMs, meanMs)}</Fact>
      {p95Ms !== null && (
        <Fact name="95th percentile" hint="Estimated from the means and variances of the statements of a save">
          {fromTo(baselineP95Ms, p95Ms)}
        </Fact>
      )}
      <Fact name="saves">{formatCount(verdict.saves)}</Fact>
      <Fact name="damage" hint="Extra waiting, summed over everybody who waited">
        {formatDuration(verdict.damageSeconds * 1000)}
      </Fact>
      <Fact name="unexplained" hint="The part of the damage that no sampled activity accounts for">
        {verdict.damageSeconds > 0 && verdict.conclusion !== 'no_damage'
          ? formatPercent(verdict.unexplainedShare)
          : '–'}
      </Fact>
    </dl>
  );
}

function Fact({
  name,
  hint,
  children,
}: {
  readonly name: string;
  readonly hint?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div title={hint}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function fromTo(beforeMs: number | null, afterMs: number | null): string {
  if (afterMs === null) return '–';
  return beforeMs === null ? formatDuration(afterMs) : `${formatDuration(beforeMs)} → ${formatDuration(afterMs)}`;
}
