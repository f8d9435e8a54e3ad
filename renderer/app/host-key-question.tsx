import { Button } from '@mantine/core';
import { useState } from 'react';
import { hostAndPort } from '../../shared/model/hops.ts';
import type { ShownHostKey } from '../../shared/model/tunnel.ts';
import { forgetHostKey, trustHostKey } from '../stores/connections.ts';
import { type Problem, problemOf } from '../stores/failure-error.ts';
import styles from './notice.module.css';

interface HostKeyQuestionProps {
  readonly shown: ShownHostKey;
  /** Called once the key is trusted: what failed can be tried again. */
  readonly onTrusted: (() => void) | undefined;
}

/** Asks whether the key that an unknown SSH server shows is the right one. Nothing is trusted without this answer. */
export function HostKeyQuestion({ shown, onTrusted }: HostKeyQuestionProps) {
  const [state, setState] = useState<'asking' | 'busy' | 'trusted'>('asking');
  const [problem, setProblem] = useState<Problem | null>(null);

  const change = async (from: 'asking' | 'trusted', to: typeof from, work: () => Promise<void>) => {
    setState('busy');
    setProblem(null);
    try {
      await work();
      setState(to);
    } catch (error) {
      setProblem(problemOf(error));
      setState(from);
    }
  };
  const trust = () =>
    change('asking', 'trusted', async () => {
      await trustHostKey(shown);
      onTrusted?.();
    });
  const forget = () => change('trusted', 'asking', () => forgetHostKey(shown));

  return (
    <div role="status" className={styles.question}>
      <p className={styles.message}>
        Fingerprint of {hostAndPort(shown)}: <strong className="db-mono">{shown.fingerprint}</strong>
      </p>
      {problem !== null && <p className={styles.message}>{problem.message}</p>}
      {state === 'trusted' ? (
        <p className={styles.message}>
          It is trusted from now on.{onTrusted === undefined ? ' Try again.' : ''}{' '}
          <Button size="compact-xs" onClick={() => void forget()}>
            Undo
          </Button>
        </p>
      ) : (
        <Button size="compact-sm" loading={state === 'busy'} onClick={() => void trust()}>
          The fingerprint is right: trust this server
        </Button>
      )}
    </div>
  );
}
