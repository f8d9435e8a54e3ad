import { useConnections } from '../../stores/connections.ts';

/** Where a password goes behind this door. */
export function usePasswordNote(): string {
  const store = useConnections((state) => state.info?.secretStore ?? 'memory');
  return store === 'system'
    ? 'Kept in this system’s key store. Empty: a passfile is looked up.'
    : 'Kept in memory only, until the engine stops. Empty: a passfile is looked up.';
}
