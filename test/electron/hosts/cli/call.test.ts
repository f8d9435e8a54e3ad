import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { daybreak, linesOf, printed, startCli } from '../../../support/cli.ts';
import { daybreakHere } from '../../../support/cli-here.ts';
import { temporaryDir } from '../../../support/door.ts';

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => dir.remove());

const call = (args: readonly string[], stdin?: string, env?: NodeJS.ProcessEnv) =>
  daybreak(['call', ...args], { profile: dir.path, ...(stdin ? { stdin } : {}), ...(env ? { env } : {}) });

describe('a wrong call is one error value on standard output, exit code 1, and starts nothing', () => {
  test.each([
    ['an unknown procedure', ['connections.conect', '{}'], /no procedure "connections\.conect".*connections\.connect/],
    ['a name of the prototype', ['constructor.name', '{}'], /no procedure/],
    ['bad JSON', ['connections.list', '{'], /not JSON/],
    ['a missing field', ['connections.connect', '{}'], /connections\.connect.*serverId/],
    ['a field of the wrong type', ['sampler.setMode', '{"serverId":"a","mode":"often"}'], /mode/],
    ['a field deep inside', ['connections.test', '{"settings":{"port":"x"}}'], /settings\.port/],
  ])('%s', async (_what, args, message) => {
    const result = await daybreakHere(['call', ...args], { profile: dir.path });
    expect(result.code).toBe(1);
    expect(printed(result)).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(message) });
    expect(readdirSync(dir.path)).toEqual([]);
  });

  test('standard input that was asked for and is empty', async () => {
    const result = await call(['connections.list', '-'], ' ');
    expect(result.code).toBe(1);
    expect(printed(result)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('was empty') });
  });

  test('bad JSON is not quoted back: it may hold a password', async () => {
    const result = await call(['connections.connect', '-'], '{"password": hunter2}');
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).not.toContain('hunter2');
  });
});

describe('a call', () => {
  test('starts an engine where none runs, prints the value alone, and stops the engine again', async () => {
    const result = await call(['system.info']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(printed(result)).toMatchObject({ profile: dir.path, secretStore: 'memory' });
    expect(existsSync(join(dir.path, 'engine.lock'))).toBe(false);
  });

  test('reads its input from standard input, and never prints a password', async () => {
    const result = await call(['connections.parse', '-'], '{"text":"postgres://anna:hunter2@db.example:5433/erp"}');
    expect(result.code).toBe(0);
    expect(printed(result)).toMatchObject({ hasPassword: true, settings: { host: 'db.example', port: 5433 } });
    expect(result.stdout + result.stderr).not.toContain('hunter2');
  });

  test('warns of a password in its arguments, also one inside of an address, and does not repeat it', async () => {
    const result = await call(['connections.parse', '{"text":"postgres://anna:hunter2@db.example:5433/erp"}']);
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/process list/);
    expect(result.stdout + result.stderr).not.toContain('hunter2');
  });

  test('prints the error value of the engine and exits 1', async () => {
    const result = await call(['connections.connect', '{"serverId":"nobody"}']);
    expect(result.code).toBe(1);
    expect(printed(result)).toMatchObject({ code: 'not_found', retryable: false });
  });

  test('attaches to the engine that runs, prints its events line by line, and leaves it running', async () => {
    const server = startCli(['call', 'system.events'], { profile: dir.path });
    expect(JSON.parse(await linesOf(server).next())).toMatchObject({ topic: 'connections', seq: expect.any(Number) });

    const info = printed(await call(['system.info']));
    expect(info).toMatchObject({ pid: server.pid });
    const events = await call(['system.events', '--events', '1']);
    expect(events.code).toBe(0);
    expect(events.stdout.trim().split('\n')).toHaveLength(1);
    expect(server.exitCode).toBe(null);

    server.kill('SIGINT');
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
    expect(existsSync(join(dir.path, 'engine.lock'))).toBe(false);
  });

  test('after kill -9 of the engine the next one takes the profile over', async () => {
    const server = startCli(['call', 'system.events'], { profile: dir.path });
    await linesOf(server).next();
    server.kill('SIGKILL');
    await once(server, 'exit');
    expect(existsSync(join(dir.path, 'engine.lock'))).toBe(true);
    expect((await call(['system.info'])).code).toBe(0);
  });
});

test('help is good at every level, and says which procedures there are', async () => {
  expect((await daybreak(['--help'])).stdout).toMatch(/serve.*agent.*rescue.*call/s);
  const help = await daybreak(['call', '--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/readModels\.propose/);
  expect(await daybreak(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  expect(await daybreak(['srve'])).toMatchObject({ code: 1, stdout: '' });
});
