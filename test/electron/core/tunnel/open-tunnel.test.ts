import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hostKeys, type HostKeys } from '../../../../electron/core/tunnel/host-keys.ts';
import { openTunnel, type Tunnel } from '../../../../electron/core/tunnel/open-tunnel.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { hopName, shownHostKeySchema, type TunnelSettings } from '../../../../shared/model/tunnel.ts';
import {
  freePort,
  hasSshd,
  sshKeys,
  startSshAgent,
  startSshd,
  type SshKeys,
  type TestSshd,
} from '../../../support/sshd.ts';

describe.skipIf(!hasSshd)('a tunnel through a real sshd', () => {
  let keys: SshKeys;
  let sshd: TestSshd;
  let echo: Server;
  let echoPort: number;
  const opened: Tunnel[] = [];
  let files: { readonly own: string; readonly person: string };
  let known: HostKeys;

  beforeAll(async () => {
    keys = await sshKeys();
    sshd = await startSshd(keys);
    echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    echoPort = (echo.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await sshd.stop();
    echo.close();
    await keys.remove();
  });
  beforeEach(async () => {
    const dir = await mkdtemp(join(keys.dir, 'known-'));
    files = { own: join(dir, 'own'), person: join(dir, 'person') };
    await writeFile(files.person, sshd.knownHost);
    known = hostKeys({ own: files.own, others: [files.person] });
    return () => opened.splice(0).forEach((tunnel) => tunnel.close());
  });

  const open = async (
    settings: TunnelSettings,
    { secrets = {}, agent = null }: { secrets?: Readonly<Record<string, string>>; agent?: string | null } = {},
  ) => {
    const tunnel = await openTunnel(settings, {
      hostKeys: known,
      secretOf: async (hop) => secrets[hopName(hop)] ?? null,
      agent,
    });
    opened.push(tunnel);
    return tunnel;
  };
  const failureOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => new Error('it did not fail'),
      (cause: unknown) => cause,
    );
    if (isFailure(error)) return error.value;
    throw error;
  };
  const echoes = async (stream: Duplex) => {
    stream.write('good morning');
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    stream.destroy();
    return chunk.toString();
  };
  const target = () => ({ host: '127.0.0.1', port: echoPort });
  const plain = () => ({ kind: 'key' as const, file: keys.plain });
  const encrypted = () => ({ kind: 'key' as const, file: keys.encrypted });

  test('leads with a key to what the server reaches', async () => {
    const tunnel = await open(sshd.tunnel(plain()));
    expect(await echoes(await tunnel.forward(target()))).toBe('good morning');
  });

  test('leads to a Unix socket of that machine', async () => {
    const path = join(await mkdtemp(join(keys.dir, 'socket-')), '.s.PGSQL.5432');
    const local = createServer((socket) => void socket.on('error', () => undefined).pipe(socket)).listen(path);
    await once(local, 'listening');
    try {
      const tunnel = await open(sshd.tunnel(plain()));
      expect(await echoes(await tunnel.forward(path))).toBe('good morning');
    } finally {
      local.close();
    }
  });

  test('opens an encrypted key with its passphrase, and asks for one that is missing or wrong', async () => {
    const settings = sshd.tunnel(encrypted());
    const name = hopName(sshd.hop(encrypted()));
    const tunnel = await open(settings, { secrets: { [name]: keys.passphrase } });
    expect(await echoes(await tunnel.forward(target()))).toBe('good morning');
    expect(await failureOf(open(settings))).toMatchObject({
      code: 'ssh_login_failed',
      message: expect.stringContaining(`The key ${keys.encrypted} is encrypted`),
      detail: { hop: name, asks: 'passphrase' },
    });
    expect(await failureOf(open(settings, { secrets: { [name]: 'another' } }))).toMatchObject({
      code: 'ssh_login_failed',
      message: expect.stringContaining(`does not open the key ${keys.encrypted}`),
      detail: { asks: 'passphrase' },
    });
  });

  test('signs in with the keys of the SSH agent, and says where none runs or none fits', async () => {
    const settings = sshd.tunnel({ kind: 'agent' });
    const [fits, empty] = await Promise.all([
      startSshAgent(keys, [keys.stranger, keys.plain]),
      startSshAgent(keys, []),
    ]);
    try {
      const tunnel = await open(settings, { agent: fits.socket });
      expect(await echoes(await tunnel.forward(target()))).toBe('good morning');
      expect(await failureOf(open(settings, { agent: empty.socket }))).toMatchObject({
        code: 'ssh_login_failed',
        message: expect.stringContaining('any key of the SSH agent'),
      });
    } finally {
      await Promise.all([fits.stop(), empty.stop()]);
    }
    expect(await failureOf(open(settings, { agent: fits.socket }))).toMatchObject({
      code: 'ssh_login_failed',
      message: expect.stringContaining('SSH agent'),
    });
    expect((await failureOf(open(settings))).message).toContain('SSH_AUTH_SOCK is not set');
  });

  test('names the key that a server does not let in, and a file that is none', async () => {
    const stranger = await failureOf(open(sshd.tunnel({ kind: 'key', file: keys.stranger })));
    expect(stranger).toMatchObject({
      code: 'ssh_login_failed',
      message: expect.stringMatching(/SHA256:.*authorized_keys/),
    });
    const missing = await failureOf(open(sshd.tunnel({ kind: 'key', file: '/nonexistent/id' })));
    expect(missing).toMatchObject({ code: 'ssh_login_failed', message: expect.stringContaining('/nonexistent/id') });
    const publicKey = await failureOf(open(sshd.tunnel({ kind: 'key', file: `${keys.plain}.pub` })));
    expect(publicKey.message).toMatch(/can be read by others|public key/);
    const password = await failureOf(open(sshd.tunnel({ kind: 'password' })));
    expect(password.message).toContain('it accepts publickey');
  });

  test.skipIf(process.platform === 'win32')('does not use a key file that others can read', async () => {
    const open644 = join(keys.dir, 'loose');
    await writeFile(open644, await readFile(keys.plain), { mode: 0o600 });
    await chmod(open644, 0o644);
    expect(await failureOf(open(sshd.tunnel({ kind: 'key', file: open644 })))).toMatchObject({
      code: 'ssh_login_failed',
      action: `chmod 0600 ${open644}`,
    });
  });

  test('passes a jump host, whose key is checked too, and resolves no name behind it', async () => {
    // A jump host that leads nowhere but to the second server shows that the way goes through it.
    const jump = await startSshd(keys, { config: [`PermitOpen 127.0.0.1:${sshd.port}`] });
    try {
      const settings = sshd.tunnel(plain(), { jumps: [jump.hop(encrypted())] });
      const secrets = { [hopName(jump.hop(encrypted()))]: keys.passphrase };
      expect(await failureOf(open(settings, { secrets }))).toMatchObject({
        code: 'host_key_unknown',
        message: expect.stringContaining(`127.0.0.1:${jump.port}`),
      });
      await writeFile(files.person, sshd.knownHost + jump.knownHost);
      const tunnel = await open(settings, { secrets });
      expect(await echoes(await tunnel.forward(target()))).toBe('good morning');
      const direct = await open(jump.tunnel(encrypted()), { secrets });
      expect(await failureOf(direct.forward(target()))).toMatchObject({ code: 'permission_denied' });
    } finally {
      await jump.stop();
    }
  });

  test('an unknown key is shown and not trusted, until a person says so', async () => {
    await writeFile(files.person, '');
    const signedIn = () => sshd.log().split('Accepted publickey').length;
    const before = signedIn();
    const unknown = await failureOf(open(sshd.tunnel(plain())));
    expect(unknown).toMatchObject({
      code: 'host_key_unknown',
      message: expect.stringContaining(sshd.fingerprint),
      action: expect.stringMatching(
        new RegExp(`^daybreak call connections\\.trustHostKey '\\{[^']+\\}' --profile '${dirname(files.own)}'$`),
      ),
    });
    expect(signedIn()).toBe(before);
    const shown = shownHostKeySchema.parse(unknown.detail?.['hostKey']);
    const other = { ...shown, fingerprint: shown.fingerprint.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) };
    expect(await failureOf(known.trust(other))).toMatchObject({ code: 'invalid_input' });
    expect(await failureOf(open(sshd.tunnel(plain())))).toMatchObject({ code: 'host_key_unknown' });
    expect(await known.trust(shown)).toEqual({ added: true, file: files.own });
    expect(await known.trust(shown)).toEqual({ added: false, file: files.own });
    await open(sshd.tunnel(plain()));
    // The file that the person keeps is read, never written.
    expect(await readFile(files.person, 'utf8')).toBe('');
  });

  test('a changed key is refused with both fingerprints, and cannot be trusted over the known one', async () => {
    const { port } = sshd;
    const impostor = await startSshd(keys);
    try {
      await writeFile(files.person, impostor.knownHost.replace(String(impostor.port), String(port)));
      const changed = await failureOf(open(sshd.tunnel(plain())));
      expect(changed).toMatchObject({
        code: 'host_key_changed',
        action: `ssh-keygen -R '[127.0.0.1]:${port}' -f "${files.person}"`,
        detail: { known: [impostor.fingerprint] },
      });
      expect(changed.message).toContain(impostor.fingerprint);
      expect(changed.message).toContain(sshd.fingerprint);
      const shown = shownHostKeySchema.parse(changed.detail?.['hostKey']);
      expect(await failureOf(known.trust(shown))).toMatchObject({ code: 'host_key_changed' });
    } finally {
      await impostor.stop();
    }
  });

  test('asks a server that has several keys for the one that is known', async () => {
    const second = await mkdtemp(join(keys.dir, 'second-'));
    const rsa = join(second, 'rsa');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(rsa, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    const parsed = ssh2.utils.parseKey(await readFile(rsa));
    if (parsed instanceof Error) throw parsed;
    const both = await startSshd(keys, { config: [`HostKey ${rsa}`] });
    try {
      const key = parsed.getPublicSSH().toString('base64');
      await writeFile(files.person, `[127.0.0.1]:${both.port} ssh-rsa ${key}\n`);
      const tunnel = await open(both.tunnel(plain()));
      expect(await echoes(await tunnel.forward(target()))).toBe('good morning');
    } finally {
      await both.stop();
    }
  });

  test('says who has to allow forwarding, and what the server does not reach', async () => {
    const strict = await startSshd(keys, { config: ['AllowTcpForwarding no'] });
    try {
      await writeFile(files.person, strict.knownHost + sshd.knownHost);
      const tunnel = await open(strict.tunnel(plain()));
      expect(await failureOf(tunnel.forward(target()))).toMatchObject({
        code: 'permission_denied',
        message: expect.stringContaining('AllowTcpForwarding'),
      });
    } finally {
      await strict.stop();
    }
    const tunnel = await open(sshd.tunnel(plain()));
    expect(await failureOf(tunnel.forward({ host: '127.0.0.1', port: await freePort() }))).toMatchObject({
      code: 'host_unreachable',
      message: expect.stringContaining('does not reach'),
    });
  });

  test('a server that is not there, or is not one of SSH, is named', async () => {
    const nobody = { ...sshd.tunnel(plain()), port: await freePort() };
    expect(await failureOf(open(nobody))).toMatchObject({ code: 'host_unreachable', retryable: true });
    expect(await failureOf(open({ ...nobody, host: 'ssh.invalid' }))).toMatchObject({
      code: 'host_unreachable',
      message: expect.stringContaining('ssh.invalid'),
    });
    const greeter = createServer((socket) => socket.on('error', () => undefined).end('220 mail.example ESMTP\r\n'));
    greeter.listen(0, '127.0.0.1');
    await once(greeter, 'listening');
    try {
      const { port } = greeter.address() as AddressInfo;
      const wrong = await failureOf(open({ ...nobody, port }));
      expect(['unsupported_server', 'connection_lost']).toContain(wrong.code);
    } finally {
      greeter.close();
    }
  });

  test('tells once that it is gone, ends its streams and opens no more', async () => {
    const own = await startSshd(keys);
    await writeFile(files.person, own.knownHost);
    const tunnel = await open(own.tunnel(plain()));
    const stream = await tunnel.forward(target());
    const closed = once(stream.resume(), 'close');
    const lost = new Promise<void>((resolve) => tunnel.onLost(resolve));
    await own.stop();
    await Promise.all([lost, closed]);
    expect(await failureOf(tunnel.forward(target()))).toMatchObject({ code: 'connection_lost', retryable: true });
  });
});

/** sshd knows only the passwords of the system's accounts, so a server of ssh2 stands in for it here. */
describe('signing in with a password', () => {
  const secret = 'over the wire';
  let server: ssh2.Server;
  let settings: TunnelSettings;
  let methods: readonly ssh2.AuthenticationType[];
  let given: string[];
  let context: Parameters<typeof openTunnel>[1];

  beforeEach(async () => {
    given = [];
    // Not ssh2's own generator: one of 256 of its ed25519 keys is malformed (mscdex/ssh2, issue 1513).
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const hostKey = privateKey.export({ type: 'sec1', format: 'pem' });
    server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (asked) => {
        if (!methods.includes(asked.method)) return asked.reject([...methods]);
        if (asked.method === 'keyboard-interactive') {
          return asked.prompt([{ prompt: 'Password:', echo: false }], (answers) => {
            given.push(answers[0] ?? '');
            if (answers[0] === secret) asked.accept();
            else asked.reject([...methods]);
          });
        }
        if (asked.method === 'password') given.push(asked.password);
        if (asked.method === 'password' && asked.password === secret) return asked.accept();
        asked.reject([...methods]);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    settings = { host: '127.0.0.1', port, user: 'anna', auth: { kind: 'password' }, jumps: [], keepaliveSeconds: 0 };
    context = {
      hostKeys: {
        verify: async () => 'known',
        knownTypes: async () => [],
        trust: async () => ({ added: false, file: '' }),
        forget: async () => ({ forgotten: [], file: '' }),
      },
      secretOf: async () => secret,
      agent: null,
    };
    return () => void server.close();
  });

  test.each([['password'], ['keyboard-interactive']] as const)('answers a server that asks by %s', async (method) => {
    methods = [method];
    const tunnel = await openTunnel(settings, context);
    tunnel.close();
    expect(given).toEqual([secret]);
  });

  test('a refused or missing password is asked for, and sent to nobody who does not take one', async () => {
    methods = ['password'];
    await expect(openTunnel(settings, { ...context, secretOf: async () => 'wrong' })).rejects.toMatchObject({
      value: { code: 'ssh_login_failed', detail: { hop: hopName(settings), asks: 'password' } },
    });
    await expect(openTunnel(settings, { ...context, secretOf: async () => null })).rejects.toMatchObject({
      value: { code: 'ssh_login_failed', detail: { asks: 'password' } },
    });
    expect(given).toEqual(['wrong']);
    methods = ['publickey'];
    await expect(openTunnel(settings, context)).rejects.toMatchObject({
      value: { code: 'ssh_login_failed', message: expect.stringContaining('it accepts publickey') },
    });
    expect(given).toEqual(['wrong']);
  });
});
