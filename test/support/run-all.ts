/**
 * `npm test`: everything that must hold. Runs every suite even after one failed, and ends with one line
 * `N passed, N failed, N skipped` over all of them. A check without cases of its own (format, lint, types, build)
 * counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  /** Reads the runner's own report; without one the exit code is the only case. */
  readonly report?: (file: string) => Counts;
  readonly env?: (file: string) => Record<string, string>;
}

const workDir = mkdtempSync(join(tmpdir(), 'daybreak-test-'));

function vitestCounts(file: string): Counts {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    numFailedTestSuites: number;
  };
  return {
    passed: report.numPassedTests,
    // A file that does not even load has no failed test of its own.
    failed: Math.max(report.numFailedTests, Math.sign(report.numFailedTestSuites)),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function playwrightCounts(file: string): Counts {
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

const vitest = (project: string): Suite => ({
  name: project,
  command: ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json'],
  report: vitestCounts,
  env: (file) => ({ VITEST_JSON_FILE: file }),
});

const suites: readonly Suite[] = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '-b'] },
  vitest('unit'),
  vitest('postgres'),
  { name: 'build', command: ['electron-vite', 'build', '--logLevel', 'warn'] },
  {
    name: 'e2e',
    command: ['playwright', 'test', '--reporter=list,json'],
    report: playwrightCounts,
    env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file }),
  },
];

/** Ends with the exit code; output goes through as it comes. */
function run(command: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
await run(['bash', 'test/support/system-packages.sh'], {});
const only = process.argv.slice(2);
for (const suite of suites) {
  if (only.length > 0 && !only.includes(suite.name)) continue;
  console.log(`\n== ${suite.name}`);
  const file = join(workDir, `${suite.name}.json`);
  const startedMs = Date.now();
  const code = await run(suite.command, suite.env?.(file) ?? {});
  let counts: Counts = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (suite.report !== undefined) {
    try {
      counts = suite.report(file);
    } catch {
      counts = { passed: 0, failed: 1, skipped: 0 };
    }
    // No case at all, or a runner that fails although its cases passed (a leaked handle, a set-up that broke).
    if (counts.passed + counts.failed === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  lines.push(
    `${suite.name.padEnd(10)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
  );
}
rmSync(workDir, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
