import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Notice } from '../../app/notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { useAsked } from '../../stores/asked.ts';
import { cacheStatus, unlockCache } from '../../stores/offline-cache.ts';
import styles from './dashboards.module.css';

/** Numbers are saved and encrypted, and their key is not at hand. */
export function LockedBanner({ onUnlocked }: { readonly onUnlocked: () => void }): ReactNode {
  const [passphrase, setPassphrase] = useState('');
  const { busy, problem, run } = useAction();
  const { value } = useAsked(cacheStatus, {});
  const asks = value?.protection !== 'system';
  const unlock = () =>
    void run('unlock', async () => {
      await unlockCache(asks ? passphrase : null);
      onUnlocked();
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!asks || passphrase !== '') unlock();
  };
  return (
    <Notice tone="warning" title="The saved numbers are locked.">
      <form onSubmit={submit} className={styles.unlock}>
        {asks && (
          <PasswordInput
            aria-label="Passphrase of the saved numbers"
            placeholder="Passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={problem?.message}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
          />
        )}
        <Button type="submit" loading={busy !== null} disabled={asks && passphrase === ''}>
          Unlock
        </Button>
      </form>
      {value !== null && <p className={styles.bannerText}>{value.words}</p>}
      {!asks && problem !== null && <p className={styles.bannerText}>{problem.message}</p>}
    </Notice>
  );
}
