/**
 * `npm run bench:history`: a day (and two) of background snapshots of 5,000 statements with 500 changing a minute, and
 * samples of some ten sessions every 5 s, written by the store's own writer with a fixed seed. Prints what a day takes
 * on disk, and how long opening Mornings and brushing half an hour take through the engine's router, in three processes
 * each: of an engine that had its time to warm up, as behind a window, and (no gate) of one that is asked at once. The
 * worst counts; for two days the times are told without a gate.
 *
 * `--hours 24,48` chooses the stores, `--keep DIR` leaves them there as profiles.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateHistory } from '../support/generated-history.ts';
import { atMost, finish, type Gate } from './gates.ts';
import type { Measured, Visit } from './history-questions.ts';

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '24,48' }, keep: { type: 'string' } },
});
const endMs = Date.UTC(2026, 10, 20, 9);
const hourMs = 3_600_000;
const repetitions = 3;
const megabyte = 1e6;

function generate(profileDir: string, hours: number): { bytes: number; writerCpuMsADay: number } {
  // A day on top of the same day would be late data, minute for minute.
  rmSync(profileDir, { recursive: true, force: true });
  mkdirSync(profileDir, { recursive: true });
  const file = join(profileDir, 'daybreak.sqlite');
  const before = process.cpuUsage();
  generateHistory({
    file,
    serverId: 'erp',
    settings: {
      label: 'Generated ERP',
      environment: 'production',
      host: 'nowhere.invalid',
      port: 5432,
      database: 'erp',
      user: 'nobody',
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    fromMs: endMs - hours * hourMs,
    minutes: hours * 60,
    statements: 5000,
    changing: 500,
    seed: 7,
  });
  const { user, system } = process.cpuUsage(before);
  return { bytes: statSync(file).size, writerCpuMsADay: ((user + system) / 1000) * (24 / hours) };
}

async function visitOnce(profileDir: string, visit: Visit, hours: number): Promise<Measured> {
  const script = join(import.meta.dirname, 'history-questions.ts');
  const child = spawn(process.execPath, [script, profileDir, visit, String(endMs - hours * hourMs), String(endMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${visit} ended with ${code}: ${out}`);
  return JSON.parse(out) as Measured;
}

const times = (all: readonly number[]): string => all.map((ms) => ms.toFixed(0)).join(' ');

const root = values.keep ?? mkdtempSync(join(tmpdir(), 'daybreak-bench-history-'));
const gates: Gate[] = [];
const details: object[] = [];
try {
  for (const hours of values.hours.split(',').map(Number)) {
    const profileDir = join(root, `${hours}h`);
    const { bytes, writerCpuMsADay } = generate(profileDir, hours);
    const perDay = bytes / megabyte / (hours / 24);
    console.log(`${hours} h: ${(bytes / megabyte).toFixed(1)} MB, ${perDay.toFixed(1)} MB a day`);
    gates.push(atMost(`megabytesADay of ${hours}h`, Number(perDay.toFixed(1)), 60));
    for (const visit of ['window', 'at once'] as const) {
      const measured: Measured[] = [];
      for (let run = 0; run < repetitions; run += 1) measured.push(await visitOnce(profileDir, visit, hours));
      const opening = measured.flatMap(({ openingMs }) => openingMs);
      const brushing = measured.flatMap(({ brushingMs }) => brushingMs);
      console.log(`${hours} h, ${visit}: opening ${times(opening)} ms, brushing ${times(brushing)} ms`);
      details.push({ hours, bytes, writerCpuMsADay, visit, measured });
      // A day is what has to be fluent; two are told.
      if (visit === 'at once' || hours > 24) continue;
      gates.push(atMost(`openingMs of ${hours}h`, Math.round(Math.max(...opening)), 300));
      gates.push(atMost(`brushingMs of ${hours}h`, Math.round(Math.max(...brushing)), 300));
    }
  }
} finally {
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
}
finish('history', gates, { stores: details });
