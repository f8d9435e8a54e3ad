import { createHash } from 'node:crypto';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';
import { hostAndPort, type ShownHostKey } from '../../../shared/model/tunnel.ts';
import {
  judgeHostKey,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.ts';

type Address = Pick<ShownHostKey, 'host' | 'port'>;

/** What this machine knows about the keys of SSH servers: the person's files, the system's, and Daybreak's own. */
export interface HostKeys {
  /**
   * What vouches for the key, in words. Throws `host_key_unknown`, with the key in `detail.hostKey`, and
   * `host_key_changed`, also for one that was revoked.
   */
  verify(address: Address, key: Buffer): Promise<string>;
  /** Kinds of keys that are known of a host. */
  knownTypes(address: Address): Promise<readonly string[]>;
  /**
   * Writes a key down as trusted, into Daybreak's own file. Throws `invalid_input` where the fingerprint is not the
   * key's, and `host_key_changed` where another key is known: that one a person takes out by hand.
   */
  trust(shown: ShownHostKey): Promise<{ readonly added: boolean; readonly file: string }>;
  /** Takes what was trusted of a host out of Daybreak's own file again; keys that other files name stay known. */
  forget(address: Address): Promise<{ readonly forgotten: readonly KnownHost[]; readonly file: string }>;
}

export interface HostKeyFiles {
  /** Daybreak's own, in the profile. */
  readonly own: string;
  /** Only read. */
  readonly others: readonly string[];
}

export const hostKeyFiles = (profileDir: string, home = homedir()): HostKeyFiles => ({
  own: join(profileDir, 'known_hosts'),
  others: [
    join(home, '.ssh', 'known_hosts'),
    join(home, '.ssh', 'known_hosts2'),
    ...(process.platform === 'win32' ? [] : ['/etc/ssh/ssh_known_hosts']),
  ],
});

export function hostKeys({ own, others }: HostKeyFiles): HostKeys {
  /** Read each time: the person may just have mended one of them. */
  const known = async (): Promise<KnownHost[]> => {
    const files = await Promise.all([own, ...others].map(async (file) => parseKnownHosts(await textOf(file), file)));
    return files.flat();
  };
  return {
    async verify(address, blob) {
      const key = blob.toString('base64');
      const verdict = judgeHostKey(await known(), knownHostName(address), key);
      const refusal = refusalOf(address, key, verdict, own);
      if (refusal !== null) throw refusal;
      const by = verdict.kind === 'trusted' ? `, known from ${verdict.by.file}` : '';
      return `${hostAndPort(address)} shows ${keyText(key)}${by}`;
    },
    knownTypes: async (address) => knownKeyTypes(await known(), knownHostName(address)),
    async trust({ host, port, key, fingerprint }) {
      if (fingerprintOf(key) !== fingerprint) {
        throw new Failure({
          code: 'invalid_input',
          message: `The key has the fingerprint ${fingerprintOf(key)}, and not ${fingerprint}. Nothing was trusted.`,
        });
      }
      const name = knownHostName({ host, port });
      const verdict = judgeHostKey(await known(), name, key);
      if (verdict.kind === 'trusted') return { added: false, file: verdict.by.file };
      if (verdict.kind !== 'unknown')
        throw refusalOf({ host, port }, key, verdict, own) ?? new Error('a refusal has words');
      await appendFile(own, `${name} ${keyTypeOf(key)} ${key}\n`, { mode: 0o600 });
      return { added: true, file: own };
    },
    async forget(address) {
      const name = knownHostName(address);
      const text = await textOf(own);
      const forgotten = parseKnownHosts(text, own).filter(({ names }) => names === name);
      const lines = new Set(forgotten.map(({ line }) => line));
      if (lines.size > 0) {
        const kept = text.split('\n').filter((_, at) => !lines.has(at + 1));
        // In one move: whoever opens a tunnel meanwhile reads the old file or the new one.
        await writeFile(`${own}.new`, kept.join('\n'), { mode: 0o600 });
        await rename(`${own}.new`, own);
      }
      return { forgotten, file: own };
    },
  };
}

/** 'SHA256:…' of a key in base64, as `ssh-keygen -l` prints it. */
export const fingerprintOf = (key: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;

/** A key begins with the name of its kind. Throws `invalid_input`. */
export function keyTypeOf(key: string): string {
  const blob = Buffer.from(key, 'base64');
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.subarray(4, 4 + length).toString('latin1');
  if (length > 0 && length <= 64 && blob.length > 4 + length && /^[a-z0-9@.-]+$/.test(type)) return type;
  throw new Failure({ code: 'invalid_input', message: 'This is not the key of an SSH server. Nothing was trusted.' });
}

/** 'its ssh-ed25519 key SHA256:…' */
const keyText = (key: string): string => `the ${keyTypeOf(key)} key ${fingerprintOf(key)}`;

/** `own`: the file of the profile, which is named: the same command with another profile would trust it elsewhere. */
const trustCommand = (shown: ShownHostKey, own: string): string =>
  `daybreak call connections.trustHostKey '${JSON.stringify(shown)}' --profile '${dirname(own).replaceAll("'", `'\\''`)}'`;

/** Null where the key is trusted. */
function refusalOf({ host, port }: Address, key: string, verdict: HostKeyVerdict, own: string): Failure | null {
  const address = { host, port };
  const server = `The SSH server ${hostAndPort(address)}`;
  const detail = { hostKey: { ...address, key, fingerprint: fingerprintOf(key) } satisfies ShownHostKey };
  switch (verdict.kind) {
    case 'trusted':
      return null;
    case 'unknown': {
      const authority =
        verdict.authority === null
          ? ''
          : ` ${placeOf(verdict.authority)} vouches for it through a certificate authority, which Daybreak cannot check.`;
      return new Failure({
        code: 'host_key_unknown',
        message: `${server} shows ${keyText(key)}, which is not known on this machine.${authority} Compare it with the fingerprint that its administrator has, and trust it only where they are the same. Nobody was signed in.`,
        detail,
        action: trustCommand(detail.hostKey, own),
      });
    }
    case 'changed': {
      const [first] = verdict.known;
      const before = verdict.known.map((one) => `${keyText(one.key)} (${placeOf(one)})`).join(', ');
      return new Failure({
        code: 'host_key_changed',
        message: `${server} shows another key than the one that is known. Known: ${before}. Shown now: ${keyText(key)}. Somebody may be in between and listen; nobody was signed in and nothing was sent. Ask its administrator. Only where the key was changed on purpose, take the old one out, and then look at the new one.`,
        detail: { ...detail, known: verdict.known.map((one) => fingerprintOf(one.key)) },
        ...(first === undefined
          ? {}
          : { action: `ssh-keygen -R '${knownHostName(address)}' -f ${JSON.stringify(first.file)}` }),
      });
    }
    case 'revoked':
      return new Failure({
        code: 'host_key_changed',
        message: `${server} shows ${keyText(key)}, which ${placeOf(verdict.by)} marks as revoked: it was given up or stolen. Nobody was signed in and nothing was sent. Ask its administrator for the present key.`,
        detail: { ...detail, known: [] },
      });
  }
}

const placeOf = ({ file, line }: KnownHost): string => `${file}, line ${line}`;

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new Failure(
      {
        code: 'storage_failed',
        message: `The known SSH servers in ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. Without them no SSH server can be told from another one.`,
      },
      { cause },
    );
  }
}
