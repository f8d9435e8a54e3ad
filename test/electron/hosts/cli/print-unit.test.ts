import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { daybreakHere } from '../../../support/cli-here.ts';
import { temporaryDir } from '../../../support/door.ts';

function folder(): string {
  const made = temporaryDir();
  onTestFinished(() => made.remove());
  return made.path;
}
const unit = (...args: readonly string[]) => daybreakHere(['agent', '--print-unit', ...args]);
const lineOf = (text: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

test('the unit runs what stands beside --print-unit, with whole paths', async () => {
  const profile = folder();
  const secrets = join(profile, 'kept', 'secrets.json');
  mkdirSync(join(profile, 'kept'));
  const url = 'postgres://daybreak@db.example/erp';
  const options = `--url ${url} --profile ${profile} --secrets-file ${secrets} --listen 9187 --grace 60 --log-level debug`;
  const { code, stdout, stderr } = await unit(...options.split(' '), '--no-refresh', '--ssh', 'ops@bastion');
  expect([code, stderr]).toEqual([0, '']);
  expect(lineOf(stdout, 'ExecStart')).toContain(
    ` agent --profile ${profile} --secrets-file ${secrets} --url postgres://daybreak@db.example/erp?ssh=ops%%40bastion --listen 9187 --log-level debug --grace 60 --no-refresh`,
  );
  expect(lineOf(stdout, 'TimeoutStopSec')).toBe('90');
  expect(lineOf(stdout, 'ReadWritePaths')).toBe(profile);
});

test('a configuration says what is not said beside it, and where the service writes', async () => {
  const dir = folder();
  const config = join(dir, 'agent.json');
  const profile = join(dir, 'my profile');
  writeFileSync(config, JSON.stringify({ url: 'service=erp', profile, graceSeconds: 5 }));
  chmodSync(config, 0o600);
  const { code, stdout, stderr } = await unit('--config', config);
  expect([code, stderr]).toEqual([0, '']);
  expect(lineOf(stdout, 'ExecStart')).toMatch(new RegExp(` agent --config ${config} --profile "${profile}"$`));
  expect(lineOf(stdout, 'TimeoutStopSec')).toBe('35');
  expect(lineOf(stdout, 'ReadWritePaths')).toBe(`"${profile}"`);
  expect(stdout).toContain(`install -d -m 0700`);
});

test('a unit holds no password, and knows its server', async () => {
  const secret = await unit('--url', 'postgres://daybreak:geheim@db.example/erp');
  expect(secret).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('passwordFile') });
  expect(await unit()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--url') });
  expect(await unit('--ssh', 'ops@bastion')).toMatchObject({ code: 1, stderr: expect.stringContaining('--url') });
});
