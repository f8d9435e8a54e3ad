import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** One promise of an issue: a figure, its bound in words, and whether it held. */
export interface Gate {
  readonly name: string;
  readonly value: number;
  readonly bound: string;
  readonly ok: boolean;
}

export const atLeast = (name: string, value: number, least: number): Gate => ({
  name,
  value,
  bound: `>=${least}`,
  ok: value >= least,
});

export const atMost = (name: string, value: number, most: number): Gate => ({
  name,
  value,
  bound: `<=${most}`,
  ok: value <= most,
});

/** What the figures were measured on. */
export const machine = () => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${platform()} ${arch()}`,
  loadAverage: readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '',
  node: process.version,
});

/** Writes `bench-results/<bench>.json`, prints the gates and, last, the one line for programs. */
export function finish(bench: string, gates: readonly Gate[], details: object): never {
  const dir = join(import.meta.dirname, '../../bench-results');
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, `${bench}.json`),
    `${JSON.stringify({ bench, machine: machine(), gates, details }, null, 2)}\n`,
  );
  console.log(`\nmachine: ${JSON.stringify(machine())}`);
  for (const gate of gates) {
    console.log(`${gate.ok ? 'ok    ' : 'SHORT '} ${gate.name}: ${gate.value} (${gate.bound})`);
  }
  console.log(JSON.stringify({ bench, gates }));
  process.exit(gates.every((gate) => gate.ok) ? 0 : 1);
}
