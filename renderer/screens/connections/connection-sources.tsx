import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { type connectionSources, parseConnectionText } from '../../stores/connections.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import styles from './connections.module.css';

interface ConnectionSourcesProps {
  /** Null until they are known. */
  readonly sources: Awaited<ReturnType<typeof connectionSources>> | null;
  /** Fills the form. `secretId` names a password that the engine took out of the text and kept. */
  readonly onFill: (settings: ConnectionSettings, secretId: string | null) => void;
}

/** Ways to fill the form without typing: an address that somebody sent, or an entry of the service file. */
export function ConnectionSources({ sources, onFill }: ConnectionSourcesProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [filled, setFilled] = useState<string | null>(null);

  const fillFrom = async (pasted: string) => {
    if (pasted.trim() === '') return;
    setProblem(null);
    try {
      const parsed = await parseConnectionText(pasted.trim());
      onFill(parsed.settings, parsed.secretId);
      // A password in the address must not stay readable on the screen.
      setText('');
      setFilled(parsed.hasPassword ? 'Filled in. The password was taken over and is not shown.' : 'Filled in.');
    } catch (error) {
      setFilled(null);
      setProblem(problemOf(error));
    }
  };

  const services = sources?.services ?? [];
  return (
    <>
      <TextInput
        className={services.length > 0 ? styles.twoThirds : ''}
        label="Paste a connection address"
        description={filled ?? 'postgresql://role@host:5432/database?sslmode=verify-full, or host=… dbname=…'}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onPaste={(event) => {
          event.preventDefault();
          void fillFrom(event.clipboardData.getData('text'));
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void fillFrom(text);
        }}
        rightSectionWidth={64}
        rightSection={
          <Button size="compact-xs" disabled={text.trim() === ''} onClick={() => void fillFrom(text)}>
            Fill in
          </Button>
        }
      />
      {services.length > 0 && (
        <Select
          className={styles.third}
          label="Service file"
          description="Entries that libpq would use"
          placeholder="Choose an entry"
          value={null}
          data={services.map((entry) => entry.service)}
          onChange={(service) => {
            const entry = services.find((one) => one.service === service);
            if (entry !== undefined) onFill(entry.settings, null);
          }}
        />
      )}
      {sources?.passfile !== null && sources?.passfile !== undefined && (
        <span className="db-dim">
          {sources.passfile.usable
            ? `The passfile ${sources.passfile.path} is used when the password is empty.`
            : `The passfile ${sources.passfile.path} is not used: ${sources.passfile.problem ?? 'it cannot be read'}.`}
        </span>
      )}
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}
