import type { Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { testConnection } from '../../../electron/core/postgres/staged-test.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { certificate, clock, listen, logger, tlsWireTo, wireTo, type Listener } from './support.ts';

describe.each(testServers())('testing a connection to $label', (server) => {
  let database: TestDatabase;
  let admin: pg.Client;
  const listeners: Listener[] = [];
  const role = (name: string) => `${name}_${database.settings.database}`;

  beforeAll(async () => {
    database = await createTestDatabase(server);
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query(`
      create schema sales;
      create table sales.invoice (invoice_id int primary key);
      create role ${role('blind')} login password 'blind';
      create role ${role('reader')} login password 'reader';
      grant usage on schema sales to ${role('reader')};
      grant select on sales.invoice to ${role('reader')};
      revoke execute on all functions in schema public from public`);
  });
  afterAll(async () => {
    await Promise.all(listeners.map((listener) => listener.cut()));
    for (const name of ['blind', 'reader']) await admin.query(`drop owned by ${role(name)}; drop role ${role(name)}`);
    await admin.end();
    await database.drop();
  });

  const test = (changes: Partial<ConnectionSettings> = {}, password: string | null = database.password) =>
    testConnection({ settings: { ...database.settings, ...changes }, password, clock });
  const put = async (listener: Promise<Listener>) => {
    const made = await listener;
    listeners.push(made);
    return made;
  };
  /** Stage by stage: p(assed), w(arning), f(ailed), s(kipped). */
  const outcomes = (stages: readonly { outcome: string }[]) => stages.map(({ outcome }) => outcome.charAt(0)).join('');

  it('passes every stage and says what was found', async () => {
    const { stages, failure, facts } = await test();
    expect(failure).toBeNull();
    expect(stages.map(({ stage }) => stage)).toEqual(
      ['name', 'tcp', 'tls', 'login', 'version', 'rights', 'extensions', 'role'], // prettier-ignore
    );
    expect(outcomes(stages)).toBe('ppsppppp');
    expect(facts).toMatchObject({ databaseName: database.settings.database, superuser: true, inRecovery: false });
    expect(facts?.capabilities.map(({ present }) => present)).toEqual([true, true, true, true, true]);
    expect(Math.floor((facts?.versionNumber ?? 0) / 10_000)).toBe(server.major);
  });

  it.each([
    ['a wrong password', {}, 'wrong', 'ppsfssss', 'login_failed', /password/],
    ['no password', { passfile: '/nonexistent' }, null, 'ppsfssss', 'login_failed', /none is known/],
    ['no such database', { database: 'nowhere' }, undefined, 'ppsfssss', 'login_failed', /"nowhere" does not exist/],
    ['no such role', { user: 'nobody' }, undefined, 'ppsfssss', 'login_failed', /nobody/],
    ['a name that does not exist', { host: 'db.invalid' }, undefined, 'fsssssss', 'host_unreachable', /db\.invalid/],
    ['a port where nobody listens', { port: 1 }, undefined, 'pfssssss', 'host_unreachable', /nobody listens/],
    [
      'a socket that is not there',
      { host: '/nonexistent' },
      undefined,
      'fsssssss',
      'host_unreachable',
      /no such socket/,
    ],
    ['a server without TLS', { tlsMode: 'require' as const }, undefined, 'ppfsssss', 'tls_failed', /refuses TLS/],
  ])('names %s', async (_, changes, password, expected, code, text) => {
    const { stages, failure, facts } = await test(changes, password === undefined ? database.password : password);
    expect(outcomes(stages)).toBe(expected);
    expect(failure?.value).toMatchObject({ code, message: expect.stringMatching(text) });
    expect(stages.find(({ outcome }) => outcome === 'failed')?.text).toBe(failure?.message);
    expect(facts).toBeNull();
  });

  it('names the pg_hba.conf that refuses a host', async () => {
    const { port } = await put(wireTo(server, '127.0.0.2'));
    const { stages, failure } = await test({ port });
    expect(outcomes(stages)).toBe('ppsfssss');
    expect(failure?.value).toMatchObject({ code: 'login_failed', message: expect.stringContaining('pg_hba.conf') });
  });

  it.each([
    ['HTTP', 'unsupported_server', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['SSH', 'unsupported_server', (socket: Socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a tunnel to nowhere', 'host_unreachable', (socket: Socket) => void socket.once('data', () => socket.destroy())],
  ])('tells %s from PostgreSQL: %s', async (_, code, serve) => {
    const { port } = await put(listen(serve));
    const { stages, failure } = await test({ port });
    expect(outcomes(stages)).toBe('ppfsssss');
    expect(failure?.value).toMatchObject({ code, retryable: code === 'host_unreachable' });
  });

  it('verifies as much of a certificate as the mode promises', async () => {
    const { port } = await put(tlsWireTo(server));
    const ca = certificate('ca.pem');
    const tls = async (changes: Partial<ConnectionSettings>) => {
      const { stages, failure } = await test({ port, ...changes });
      return failure === null ? (stages[2]?.text ?? '') : `${failure.value.code}: ${failure.message}`;
    };
    expect(await tls({ tlsMode: 'require' })).toMatch(/^TLSv1\.3, encrypted, certificate not verified$/);
    expect(await tls({ tlsMode: 'prefer' })).toMatch(/^TLSv1\.3/);
    expect(await tls({ tlsMode: 'verify-ca', tlsCaFile: ca })).toMatch(/certificate verified, host name not/);
    expect(await tls({ tlsMode: 'verify-full', tlsCaFile: ca, host: 'localhost' })).toMatch(/host name verified/);
    expect(await tls({ tlsMode: 'verify-full', tlsCaFile: ca })).toMatch(/^tls_failed: .*another name/);
    expect(await tls({ tlsMode: 'verify-ca' })).toMatch(/^tls_failed: .*not signed by/);
    expect(await tls({ tlsMode: 'require', tlsCaFile: certificate('other-ca.pem') })).toMatch(
      /^tls_failed: .*not signed/,
    );
    expect(await tls({ tlsMode: 'verify-ca', tlsCaFile: '/nonexistent' })).toMatch(/^invalid_input: .*CA file/);
  });

  it('warns, with the exact fix, about what only some features need', async () => {
    const { stages, failure, facts } = await test({ user: role('reader') }, 'reader');
    expect(failure).toBeNull();
    expect(outcomes(stages)).toBe('ppsppwwp');
    expect(stages[5]?.action).toBe(
      `grant pg_read_all_stats to ${role('reader')};\ngrant create on database ${database.settings.database} to ${role('reader')};`,
    );
    expect(stages[6]?.action).toContain(
      `grant execute on function public.pg_stat_statements(boolean) to ${role('reader')};`,
    );
    expect(facts?.capabilities.filter(({ present }) => present).map(({ name }) => name)).toEqual([
      'primary',
      'session_state',
    ]);
  });

  it('fails for a role that may see nothing, with the GRANTs that mend it', async () => {
    const { stages, failure } = await test({ user: role('blind') }, 'blind');
    expect(outcomes(stages)).toBe('ppsppfss');
    expect(failure?.value).toMatchObject({
      code: 'permission_denied',
      message: expect.stringMatching(new RegExp(`${role('blind')}.*${database.settings.database}`)),
      action: expect.stringContaining(`grant select on all tables in schema sales to ${role('blind')};`),
    });
    const settings = { ...database.settings, user: role('blind') };
    const opening = openServer({ serverId: 's', settings, password: 'blind', clock, logger });
    await expect(opening).rejects.toMatchObject({ value: { code: 'permission_denied' } });

    await admin.query(failure?.value.action ?? '');
    expect((await test({ user: role('blind') }, 'blind')).failure).toBeNull();
  });

  it('warns where pg_stat_statements is not created, and says how', async () => {
    const bare = await createTestDatabase(server, { statementStatistics: false });
    const { stages, failure } = await testConnection({ settings: bare.settings, password: bare.password, clock });
    expect(failure).toBeNull();
    expect(stages[6]).toMatchObject({ outcome: 'warning', action: 'create extension pg_stat_statements;' });
    await bare.drop();
  });

  it('creates nothing on the server', async () => {
    const objects = async () =>
      (await admin.query(`select count(*) from pg_class union all select count(*) from pg_namespace`)).rows;
    const before = await objects();
    await test();
    expect(await objects()).toEqual(before);
  });
});
