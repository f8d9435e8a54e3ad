import type { CacheStatus } from '../../../../shared/model/offline-cache.ts';

type Asked = Pick<CacheStatus, 'protection' | 'locked' | 'secretStore'>;

/** What encryption leaves as it is: a list of dashboards has to open before anybody is asked for a key. */
const notHidden = 'Titles, queries and the moments of the numbers are not encrypted.';

const keyWords: Readonly<Record<CacheStatus['secretStore'], string>> = {
  system: 'The operating system can keep a key for them.',
  file: 'Behind this door passwords are kept in a file, where a key would lie beside them: only a passphrase can protect them.',
  memory: 'Behind this door there is no safe store for a key, so that only a passphrase can protect them.',
};

/** Who can read the saved numbers, in one or two honest sentences. */
export function cacheWords({ protection, locked, secretStore }: Asked): string {
  switch (protection) {
    case 'none':
      return (
        'Saved numbers lie readable in this profile: whoever can read its files can read them. ' + keyWords[secretStore]
      );
    case 'system':
      return locked
        ? 'Saved numbers are encrypted with a key that the operating system keeps, and this door cannot have it. They are saved on, and can be read in the desktop window.'
        : `Saved numbers are encrypted with a key that the operating system keeps for this person. ${notHidden}`;
    case 'passphrase':
      return locked
        ? 'Saved numbers are encrypted and locked: new ones are saved on, and none can be read before the passphrase is given.'
        : `Saved numbers are encrypted with a passphrase; the engine forgets it when it stops. Nobody can open them without it. ${notHidden}`;
  }
}
