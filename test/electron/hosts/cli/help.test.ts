import { afterEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../../../electron/hosts/cli/program.ts';

afterEach(() => vi.restoreAllMocks());

const never = { signal: new AbortController().signal, requested: new Promise<void>(() => {}) };

async function run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = (stream: NodeJS.WriteStream) => vi.spyOn(stream, 'write').mockReturnValue(true);
  const [out, err] = [printed(process.stdout), printed(process.stderr)];
  const code = await runProgram(line.split(' '), never);
  const told = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join('');
  return { code, stdout: told(out), stderr: told(err) };
}

test.each([
  'nope',
  'help nope',
  'help schedule nope',
  'schedule nope',
  'schedule help nope',
  'help schedule list nope',
  'help runs nope',
])('`daybreak %s` says that there is no such command', async (line) => {
  const { code, stdout, stderr } = await run(line);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe("error: unknown command 'nope'\n(daybreak --help tells more)\n");
});

test.each([
  { line: 'help', usage: 'Usage: daybreak [options] [command]' },
  { line: 'help schedule', usage: 'Usage: daybreak schedule [options] [command]' },
  { line: 'help schedule list', usage: 'Usage: daybreak schedule list [options]' },
  { line: 'schedule help', usage: 'Usage: daybreak schedule [options] [command]' },
  { line: 'schedule help list', usage: 'Usage: daybreak schedule list [options]' },
  { line: 'help help', usage: 'Usage: daybreak help [options] [command...]' },
])('`daybreak $line` is help', async ({ line, usage }) => {
  const { code, stdout, stderr } = await run(line);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(usage)).toBe(true);
});
