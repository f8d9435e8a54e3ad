import { Button, NumberInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { CacheLimits } from '../../shared/model/offline-cache.ts';
import { setCacheLimits } from '../stores/offline-cache.ts';
import { FailureNotice } from './failure-notice.tsx';
import styles from './saved-numbers.module.css';
import { useAction } from './use-action.ts';

const megabyte = 1024 ** 2;

/** How many results of a widget stay, and how large all of them may be. */
export function SavedNumbersLimits({ limits }: { readonly limits: CacheLimits }): ReactNode {
  const [resultsKept, setResultsKept] = useState<number | string>(limits.resultsKept);
  const [capMb, setCapMb] = useState<number | string>(Math.round(limits.capBytes / megabyte));
  const { busy, problem, run } = useAction();
  const next: CacheLimits = { resultsKept: Number(resultsKept), capBytes: Number(capMb) * megabyte };
  const complete = resultsKept !== '' && capMb !== '';
  const changed = next.resultsKept !== limits.resultsKept || next.capBytes !== limits.capBytes;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete && changed) void run('limits', () => setCacheLimits(next));
  };
  return (
    <>
      <form onSubmit={submit} className={styles.limits}>
        <NumberInput
          label="Results kept of each widget"
          value={resultsKept}
          onChange={setResultsKept}
          min={1}
          max={500}
          clampBehavior="blur"
          allowDecimal={false}
        />
        <NumberInput
          label="All together at most, MB"
          value={capMb}
          onChange={setCapMb}
          min={10}
          max={102_400}
          clampBehavior="blur"
          allowDecimal={false}
          thousandSeparator=","
        />
        <Button type="submit" loading={busy !== null} disabled={!complete || !changed}>
          Apply
        </Button>
      </form>
      <p className="db-dim">
        Beyond that the oldest go first, and the newest number of each widget last. Fewer or less than now drops results
        at once.
      </p>
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}
