import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { CacheStatus } from '../../shared/model/offline-cache.ts';
import { lockCache, protectCache, unlockCache } from '../stores/offline-cache.ts';
import { Confirm } from './confirm.tsx';
import { FailureNotice } from './failure-notice.tsx';
import styles from './saved-numbers.module.css';
import { useAction } from './use-action.ts';

const shortestPassphrase = 8;

/** Who can read the saved numbers, and how that is changed. */
export function SavedNumbersProtection({ status }: { readonly status: CacheStatus }): ReactNode {
  const { protection, locked, secretStore, words, pending } = status;
  const { busy, problem, run } = useAction();
  const [choosing, setChoosing] = useState(false);
  const [dropping, setDropping] = useState(false);
  const act = (name: string, action: () => Promise<void>) => void run(name, action);
  return (
    <section className={styles.protection} aria-label="Who can read them">
      <h3>Who can read them</h3>
      <p>{words}</p>
      {pending > 0 && <p role="status">{pending} results are still being changed over.</p>}
      {problem !== null && <FailureNotice problem={problem} />}
      {locked ? (
        <>
          <Unlock protection={protection} busy={busy !== null} run={act} />
          <div className={styles.buttons}>
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setDropping(true)}>
              Drop what is locked …
            </Button>
          </div>
        </>
      ) : (
        <>
          <div className={styles.buttons}>
            {secretStore === 'system' && protection !== 'system' && (
              <Button loading={busy === 'system'} onClick={() => act('system', () => protectCache({ with: 'system' }))}>
                Encrypt with a key of the operating system
              </Button>
            )}
            <Button onClick={() => setChoosing(!choosing)} aria-expanded={choosing}>
              {protection === 'passphrase' ? 'Change the passphrase' : 'Encrypt with a passphrase'}
            </Button>
            {protection === 'passphrase' && (
              <Button loading={busy === 'lock'} onClick={() => act('lock', lockCache)}>
                Lock now
              </Button>
            )}
            {protection !== 'none' && (
              <Button loading={busy === 'none'} onClick={() => act('none', () => protectCache({ with: 'none' }))}>
                Stop encrypting
              </Button>
            )}
          </div>
          {choosing && (
            <NewPassphrase
              busy={busy === 'passphrase'}
              onChosen={(passphrase) =>
                act('passphrase', async () => {
                  await protectCache({ with: 'passphrase', passphrase });
                  setChoosing(false);
                })
              }
            />
          )}
        </>
      )}
      <Confirm
        opened={dropping}
        title="Drop the locked numbers?"
        action="Drop them"
        danger
        typed="drop"
        onConfirm={() => protectCache({ with: 'none', discard: true })}
        onClose={() => setDropping(false)}
      >
        For a key that is lost: all saved numbers that it encrypted are dropped, and new ones are saved unencrypted.
        Dashboards stay, and show numbers again as soon as the database answers.
      </Confirm>
    </section>
  );
}

interface UnlockProps {
  readonly protection: CacheStatus['protection'];
  readonly busy: boolean;
  readonly run: (name: string, action: () => Promise<void>) => void;
}

function Unlock({ protection, busy, run }: UnlockProps): ReactNode {
  const [passphrase, setPassphrase] = useState('');
  const asks = protection === 'passphrase';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run('unlock', () => unlockCache(asks ? passphrase : null));
  };
  return (
    <form onSubmit={submit} className={styles.passphrase}>
      {asks && (
        <PasswordInput
          label="Passphrase"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
        />
      )}
      <Button type="submit" loading={busy} disabled={asks && passphrase === ''}>
        Unlock
      </Button>
    </form>
  );
}

interface NewPassphraseProps {
  readonly busy: boolean;
  readonly onChosen: (passphrase: string) => void;
}

/** Twice: nobody can open what a slip of the finger encrypted. */
function NewPassphrase({ busy, onChosen }: NewPassphraseProps): ReactNode {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const short = first !== '' && first.length < shortestPassphrase;
  const differs = second !== '' && second !== first;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (first.length >= shortestPassphrase && first === second) onChosen(first);
  };
  return (
    <form onSubmit={submit} className={styles.passphrase}>
      <PasswordInput
        label="New passphrase"
        value={first}
        onChange={(event) => setFirst(event.currentTarget.value)}
        error={short ? `At least ${shortestPassphrase} characters` : null}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the new passphrase' }}
        data-autofocus
      />
      <PasswordInput
        label="Once more"
        value={second}
        onChange={(event) => setSecond(event.currentTarget.value)}
        error={differs ? 'Not the same' : null}
        visibilityToggleButtonProps={{ 'aria-label': 'Show it once more' }}
      />
      <Button
        type="submit"
        variant="filled"
        loading={busy}
        disabled={first.length < shortestPassphrase || first !== second}
      >
        Encrypt
      </Button>
    </form>
  );
}
