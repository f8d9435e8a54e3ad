import type { SecretStoreKind } from '../../shared/model/secret-store.ts';
import { useConnections } from '../stores/connections.ts';

const notes: Readonly<Record<SecretStoreKind, string>> = {
  system: 'Kept in this system’s key store.',
  file: 'Kept in a file of the engine’s profile that only its user can read.',
  memory: 'Kept in memory only, until the engine stops.',
};

/** Where a secret goes behind this door. */
export function useSecretNote(): string {
  const store = useConnections((state) => state.info?.secretStore ?? 'memory');
  return notes[store];
}

/** Where a role’s password goes, and where it comes from otherwise. */
export const usePasswordNote = (): string => `${useSecretNote()} Empty: a passfile is looked up.`;
