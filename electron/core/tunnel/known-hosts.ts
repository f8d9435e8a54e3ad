import { createHmac } from 'node:crypto';

/** One line of a known_hosts file: https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT */
export interface KnownHost {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | null;
  /** Names as written: comma-separated patterns, or one that is hashed. */
  readonly names: string;
  /** e.g. 'ssh-ed25519'. */
  readonly keyType: string;
  /** The key itself, base64. */
  readonly key: string;
}

/** What the known_hosts files say about a key that a host shows. */
export type HostKeyVerdict =
  | { readonly kind: 'trusted'; readonly by: KnownHost }
  /** Nobody vouches for it. `authority`: only a certificate authority is known, which is not checked here. */
  | { readonly kind: 'unknown'; readonly authority: KnownHost | null }
  /** Other keys are known, not this one. */
  | { readonly kind: 'changed'; readonly known: readonly KnownHost[] }
  | { readonly kind: 'revoked'; readonly by: KnownHost };

export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const fields = raw.trim().split(/\s+/);
    const marked = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : null;
    const [names, keyType, key] = fields;
    if (names === undefined || keyType === undefined || key === undefined || names.startsWith('#')) return [];
    // A marker of the future may forbid what the rest of its line seems to allow.
    if (marked !== null && marked !== 'revoked' && marked !== 'cert-authority') return [];
    return [{ file, line: index + 1, marker: marked, names, keyType, key }];
  });
}

/** As OpenSSH writes it: the name alone on port 22, '[name]:port' on any other. */
export const knownHostName = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/**
 * Stricter than OpenSSH in one point: a host of which any key is known may not show a key of another kind instead. Its
 * known kinds are asked for first, so an honest server has no reason to.
 */
export function judgeHostKey(known: readonly KnownHost[], name: string, key: string): HostKeyVerdict {
  const ofHost = known.filter(({ names }) => matchesName(names, name));
  const revoked = ofHost.find((one) => one.marker === 'revoked' && one.key === key);
  if (revoked !== undefined) return { kind: 'revoked', by: revoked };
  const plain = ofHost.filter(({ marker }) => marker === null);
  const by = plain.find((one) => one.key === key);
  if (by !== undefined) return { kind: 'trusted', by };
  if (plain.length > 0) return { kind: 'changed', known: plain };
  return { kind: 'unknown', authority: ofHost.find(({ marker }) => marker === 'cert-authority') ?? null };
}

/** Kinds of keys that are known of a host, e.g. 'ssh-ed25519': to be asked for before all others. */
export const knownKeyTypes = (known: readonly KnownHost[], name: string): readonly string[] => [
  ...new Set(
    known.filter(({ marker, names }) => marker === null && matchesName(names, name)).map(({ keyType }) => keyType),
  ),
];

function matchesName(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name);
  let matches = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matches = true;
  }
  return matches;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name. */
function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` is any text, `?` one character; everything else, brackets too, is itself. */
export function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) =>
    char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`,
  );
  return new RegExp(`^${expression}$`).test(name);
}
