import { afterEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../../../electron/hosts/cli/program.ts';

afterEach(() => vi.restoreAllMocks());

const never = { signal: new AbortController().signal, requested: new Promise<void>(() => {}) };

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = (stream: NodeJS.WriteStream) => vi.spyOn(stream, 'write').mockReturnValue(true);
  const [out, err] = [printed(process.stdout), printed(process.stderr)];
  const code = await runProgram(['diagnose', ...args], never);
  const told = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join('');
  return { code, stdout: told(out), stderr: told(err) };
}

test.each([
  { args: [], says: /--url/ },
  { args: ['--url', 'postgres://a@127.0.0.1:1/x', '--minutes', '0'], says: /above 0/ },
  { args: ['--url', 'postgres://a@127.0.0.1:1/x', '--minutes', '9999'], says: /up to 1440/ },
  { args: ['--url', 'postgres://a@127.0.0.1:1/x', '--cores', '1.5'], says: /whole number/ },
  { args: ['--url', 'postgres://a@127.0.0.1:1/x', '--nonsense'], says: /unknown option/ },
  { args: ['--from', '08:00'], says: /--profile/ },
  { args: ['--profile', 'p', '--to', '08:00'], says: /--to needs --from/ },
  { args: ['--profile', 'p', '--from', 'noon'], says: /08:00 is needed/ },
  { args: ['--profile', 'p', '--from', '25:99'], says: /08:00 is needed/ },
  { args: ['--profile', 'p', '--from', '09:00', '--to', '08:00'], says: /before --from/ },
])('$args is wrong usage, said on standard error, with exit code 2', async ({ args, says }) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(says);
});

test('help is no failure and tells the exit codes', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/Exit codes: 0 .* 1 a failure, 2 wrong usage/);
});
