import type { RefreshMode } from '../../shared/model/refresh.ts';
import type { Environment, ServerSummary, TlsMode } from '../../shared/model/connection.ts';

export const environmentWords: Readonly<Record<Environment, string>> = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
  demo: 'Demo',
};

export const serverStateWords: Readonly<Record<ServerSummary['state'], string>> = {
  disconnected: 'not connected',
  connecting: 'connecting …',
  connected: 'connected',
  lost: 'offline',
};

/** What each TLS mode really verifies. */
export const tlsModeWords: Readonly<Record<TlsMode, { readonly title: string; readonly verified: string }>> = {
  'verify-full': {
    title: 'Encrypted, server verified',
    verified:
      'The certificate must be signed by a trusted authority and name this host. The only mode that stops an impostor.',
  },
  'verify-ca': {
    title: 'Encrypted, authority verified',
    verified: 'The certificate must be signed by a trusted authority; the host name in it is not compared.',
  },
  require: {
    title: 'Encrypted, nothing verified',
    verified: 'Nobody can read along, but the certificate is not checked: an impostor in between would not be noticed.',
  },
  prefer: {
    title: 'Encrypted if the server offers it',
    verified: 'Falls back to plain text when the server refuses TLS. Nothing is verified.',
  },
  disable: {
    title: 'Not encrypted',
    verified: 'Password exchange and data travel in the clear. For Unix sockets and this machine only.',
  },
};

/** From the strongest to the weakest, as they are offered. */
export const tlsModesStrongestFirst: readonly TlsMode[] = ['verify-full', 'verify-ca', 'require', 'prefer', 'disable'];

/** How a refresh brings new numbers to the readers. */
export const modeWords: Readonly<Record<RefreshMode, string>> = {
  side_by_side: 'side by side',
  concurrent: 'concurrent',
  full: 'full',
  by_period: 'by period',
};
