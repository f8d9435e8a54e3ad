/**
 * `npm run bench:rescue`: the whole rescue through the command line, `--runs N` times (default 1), against the gates
 * of the main job. Every ratio is paired: quiet, morning and after are phases of one run on one server.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoWidgets } from '../../resources/demo-erp/widgets/widgets.ts';
import type { RescueJson } from '../../electron/core/rescue/rescue-result.ts';
import { atLeast, atMost, finish } from './gates.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1' }, scale: { type: 'string', default: '1' } },
});
const executive = new Set(demoWidgets.filter((widget) => widget.kind === 'executive').map((widget) => widget.widgetId));

async function rescue(): Promise<{ result: RescueJson; seconds: number }> {
  const outDir = mkdtempSync(join(tmpdir(), 'daybreak-bench-'));
  const startedMs = performance.now();
  try {
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, '../../electron/hosts/cli/bin.mjs'),
        'rescue',
        '--json',
        '--scale',
        values.scale,
        '--out',
        outDir,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`the rescue ended with ${code}: ${out}`);
    const line = out.trim().split('\n').at(-1) ?? '';
    return { result: JSON.parse(line) as RescueJson, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

const runs: Awaited<ReturnType<typeof rescue>>[] = [];
for (let run = 0; run < Number(values.runs); run += 1) runs.push(await rescue());

const worst = (value: (run: (typeof runs)[number]) => number, pick: (...values: number[]) => number) =>
  Number(pick(...runs.map(value)).toFixed(3));
const culprits = ({ result }: (typeof runs)[number]) =>
  result.findings.filter(({ grade }) => grade === 'A' || grade === 'B');

finish(
  'rescue',
  [
    atLeast(
      'morningOverQuietP95',
      worst(({ result: r }) => r.morning.save.p95Ms / r.quiet.save.p95Ms, Math.min),
      5,
    ),
    // At most 1.5 times quiet, or quiet plus 2 ms: the share of that allowance that was used.
    atMost(
      'afterAllowanceUsed',
      worst(
        ({ result: { after, quiet } }) => after.save.p95Ms / Math.max(1.5 * quiet.save.p95Ms, quiet.save.p95Ms + 2),
        Math.max,
      ),
      1,
    ),
    atLeast(
      'dashboardSpeedupP50',
      worst(({ result: r }) => r.morning.dashboard.p50Ms / r.after.dashboard.p50Ms, Math.min),
      100,
    ),
    atLeast(
      'executiveStatementsNamed',
      worst(
        ({ result }) =>
          new Set(result.findings.flatMap(({ statement }) => statement.widget ?? []).filter((id) => executive.has(id)))
            .size,
        Math.min,
      ),
      4,
    ),
    atMost(
      'oltpStatementsAccused',
      worst((run) => culprits(run).filter((finding) => finding.class === 'oltp').length, Math.max),
      0,
    ),
    atMost(
      'seconds',
      worst(({ seconds }) => seconds, Math.max),
      360,
    ),
  ],
  { runs },
);
