import { createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionSettings, ServerSummary, TestStage } from '../../../shared/model/connection.ts';
import { printed } from '../../support/cli.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

let profile: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  profile = temporaryDir();
});
afterEach(() => profile.remove());

const call = (procedure: string, input: object, env: NodeJS.ProcessEnv = {}) =>
  daybreakHere(['call', procedure, '-'], { profile: profile.path, stdin: JSON.stringify(input), env });

/** Each call has an engine of its own: what the first one saved is what the second one finds. */
async function connect(settings: ConnectionSettings, password: string) {
  const saved = await call('connections.save', { settings });
  expect(saved.code).toBe(0);
  const { serverId } = printed(saved) as ServerSummary;
  return call('connections.connect', { serverId, password });
}

describe.each(testServers())('daybreak call on $label', (server) => {
  let database: TestDatabase;
  let admin: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase(server);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  /** All that a careless tool would leave in the database. Roles belong to the server, where other tests make some. */
  const catalog = async () => {
    const { rows } = await admin.query(
      `select (select count(*) from pg_class) as relations, (select count(*) from pg_namespace) as schemas,
              (select count(*) from pg_extension) as extensions`,
    );
    return rows[0] as unknown;
  };

  const refusals = [
    {
      what: 'a wrong password',
      code: 'login_failed',
      message: /password/i,
      with: async () => ({ settings: database.settings, password: 'not this one' }),
    },
    {
      what: 'an unreachable host',
      code: 'host_unreachable',
      message: /daybreak\.invalid/,
      with: async () => ({ settings: { ...database.settings, host: 'daybreak.invalid' }, password: 'x' }),
    },
    {
      what: 'a port where nobody listens',
      code: 'host_unreachable',
      message: /127\.0\.0\.1/,
      with: async () => ({ settings: { ...database.settings, port: await closedPort() }, password: 'x' }),
    },
    {
      what: 'a database that does not exist',
      code: 'login_failed',
      message: /no_such_database/,
      with: async () => ({
        settings: { ...database.settings, database: 'no_such_database' },
        password: server.password,
      }),
    },
  ];

  test.each(refusals)(
    '$what is one clear error, exit 1, and creates nothing',
    async ({ code, message, ...refusal }) => {
      const before = await catalog();
      const { settings, password } = await refusal.with();
      for (const result of [
        await call('connections.test', { settings, password }),
        await connect(settings as ConnectionSettings, password),
      ]) {
        expect(result.code).toBe(1);
        expect(printed(result)).toMatchObject({ code, message: expect.stringMatching(message) });
        expect(result.stdout + result.stderr).not.toContain('not this one');
      }
      expect(await catalog()).toEqual(before);
    },
  );

  test('a role that may see nothing is told the exact GRANTs, and creates nothing', async () => {
    const role = `blind_${database.settings.database}`;
    await admin.query(`create role ${role} login password 'blind'`);
    try {
      const before = await catalog();
      const settings = { ...database.settings, user: role };
      for (const result of [
        await call('connections.test', { settings, password: 'blind' }),
        await connect(settings, 'blind'),
      ]) {
        expect(result.code).toBe(1);
        expect(printed(result)).toMatchObject({
          code: 'permission_denied',
          message: expect.stringContaining(role),
          action: expect.stringMatching(/grant/i),
        });
      }
      expect(await catalog()).toEqual(before);
    } finally {
      await admin.query(`drop role ${role}`);
    }
  });

  test('PGPASSWORD of the calling process logs in; every stage is told', async () => {
    const result = await call('connections.test', { settings: database.settings }, { PGPASSWORD: server.password });
    expect(result).toMatchObject({ code: 0 });
    const { stages } = printed(result) as { stages: TestStage[] };
    expect(stages.map(({ stage }) => stage)).toEqual([
      'name',
      'tcp',
      'tls',
      'login',
      'version',
      'rights',
      'extensions',
      'role',
    ]);
    expect(result.stdout).not.toContain(server.password);
  });

  test('PGPASSWORD serves every procedure that needs the server, not only those that take a password', async () => {
    const saved = printed(await call('connections.save', { settings: database.settings })) as ServerSummary;
    const { serverId } = saved;
    expect(printed(await call('sampler.readNow', { serverId }))).toMatchObject({ code: 'login_failed' });
    const result = await call('sampler.readNow', { serverId }, { PGPASSWORD: server.password });
    expect(printed(result)).toMatchObject({ serverId, lastSampleAtMs: expect.any(Number) });
    expect(result.stdout + result.stderr).not.toContain(server.password);
  });

  test('a database without pg_stat_statements connects with a warning and the exact fix', async () => {
    const bare = await createTestDatabase(server, { statementStatistics: false });
    try {
      const result = await connect(bare.settings, bare.password);
      expect(result.code).toBe(0);
      const summary = printed(result) as ServerSummary;
      expect(summary.facts?.capabilities).toContainEqual(
        expect.objectContaining({
          name: 'statement_statistics',
          present: false,
          action: expect.stringMatching(/pg_stat_statements/),
        }),
      );
    } finally {
      await bare.drop();
    }
  });
});

async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
