/**
 * `npm test`: everything that must hold. Runs every suite even after one failed, and ends with one line
 * `N passed, N failed, N skipped` over all of them. A check without cases of its own (format, lint, types, build)
 * counts as one. Two rows of suites run beside each other, since a journey through a browser mostly waits; each line says
 * whose it is. The rescues come last and alone: they measure a morning, and other work on the machine would be found in
 * it. `npm test -- unit lint` runs these alone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { journeys, rescues } from './e2e-projects.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, each with what it said; told again at the end, which is what a log that was cut still holds. */
  failures?: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  /** Reads the runner's own report; without one the exit code is the only case. */
  readonly report?: (file: string) => Counts;
  readonly env?: (file: string) => Record<string, string>;
}

const workDir = mkdtempSync(join(tmpdir(), 'daybreak-test-'));

function vitestReport(file: string): Counts {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: {
      name: string;
      status: string;
      message: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
    }[];
  };
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that does not load, or whose set-up breaks, has no failed test of its own.
    if (failed.length === 0 && status === 'failed') return [`${name}\n${message}`];
    return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join('\n')}`);
  });
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, failures.length),
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly file: string;
    readonly title: string;
    readonly ok: boolean;
    readonly tests: readonly { readonly results: readonly { readonly errors?: readonly { message?: string }[] }[] }[];
  }[];
}

function playwrightReport(file: string): Counts {
  const { stats, errors, suites } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: readonly { message?: string }[];
    suites: readonly PlaywrightSuite[];
  };
  const failuresOf = ({ suites: inner = [], specs = [] }: PlaywrightSuite): readonly string[] => [
    ...specs
      .filter((spec) => !spec.ok)
      .map(({ file: from, title, tests }) => {
        const said = tests.flatMap(({ results }) => results.flatMap((result) => result.errors ?? []));
        return `${from}: ${title}\n${said.map(({ message = '' }) => message).join('\n')}`;
      }),
    ...inner.flatMap(failuresOf),
  ];
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: [...suites.flatMap(failuresOf), ...errors.map(({ message = '' }) => message)],
  };
}

const vitest = (name: string, ...projects: readonly string[]): Suite => ({
  name,
  command: [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    ...projects.map((project) => `--project=${project}`),
  ],
  report: vitestReport,
  env: (file) => ({ VITEST_JSON_FILE: file }),
});

const playwright = (name: string, projects: readonly string[]): Suite => ({
  name,
  command: [
    'playwright',
    'test',
    '--reporter=list,json',
    `--output=test-results/${name}`,
    ...projects.map((project) => `--project=${project}`),
  ],
  report: playwrightReport,
  env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file }),
});

const beside: readonly (readonly Suite[])[] = [
  [vitest('postgres', 'postgres')],
  [
    { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
    { name: 'lint', command: ['oxlint', '--deny-warnings'] },
    // More checkers look at the same types each for itself: nearly twice the work, on processors that others fill, too.
    { name: 'types', command: ['tsc', '-b', '--checkers', '1'] },
    { name: 'build', command: ['electron-vite', 'build', '--logLevel', 'warn'] },
    vitest('unit', 'unit', 'unit-anew'),
    playwright('e2e', journeys),
  ],
];
const alone: readonly Suite[] = [playwright('rescues', rescues)];

/** Ends with the exit code; each line of output goes through as it comes, behind `name`. */
function run(name: string, command: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => console.log(`${name.padEnd(8)} ${line}`));
    }
    child.on('error', reject);
    child.on('exit', (code) => {
      child.on('close', () => resolve(code ?? 1));
      // What it left running may hold its output open for ever.
      setTimeout(() => resolve(code ?? 1), 5_000).unref();
    });
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
const failures: string[] = [];
/** The beginning of what a failure says is enough to find it. */
const mostFailureCharacters = 1_500;

async function runSuite(suite: Suite): Promise<void> {
  const file = join(workDir, `${suite.name}.json`);
  const startedMs = Date.now();
  const code = await run(suite.name, suite.command, suite.env?.(file) ?? {});
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
  failures.push(...(counts.failures ?? []).map((said) => `${suite.name}: ${said.slice(0, mostFailureCharacters)}`));
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  lines.push(
    `${suite.name.padEnd(10)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
  );
}

await run('packages', ['bash', 'test/support/system-packages.sh'], {});
const only = process.argv.slice(2);
const startedMs = Date.now();
const runRow = async (suites: readonly Suite[]) => {
  for (const suite of suites) if (only.length === 0 || only.includes(suite.name)) await runSuite(suite);
};
await Promise.all(beside.map(runRow));
await runRow(alone);
rmSync(workDir, { recursive: true, force: true });
lines.push(`together in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
if (failures.length > 0) console.log(`\nWhat failed:\n\n${failures.join('\n\n')}`);
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
