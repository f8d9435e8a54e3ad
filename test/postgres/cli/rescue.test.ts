import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { daybreak, startCli } from '../../support/cli.ts';

/** A temporary folder of this test's own, so that what a rescue leaves behind cannot be another one's. */
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'daybreak-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const small = ['rescue', '--json', '--scale', '0.01', '--managers', '2', '--rate', '20', '--phase-seconds', '3'];
const env = () => ({ TMPDIR: dir });
const profiles = () => readdirSync(dir).filter((name) => name.startsWith('daybreak-rescue-'));
/** Processes that were started below a rescue of this test: they inherit its temporary folder. */
const running = () =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${dir}`);
      } catch {
        return false;
      }
    });
/** The guardian outlives its owner for as long as the server needs to stop. */
const nothingRuns = () => vi.waitFor(() => expect(running()).toEqual([]), { timeout: 20_000 });

describe('daybreak rescue', () => {
  test('prints one object on one line, writes the report, and leaves nothing behind', async () => {
    const out = join(dir, 'out');
    const { code, stdout, stderr } = await daybreak([...small, '--out', out], { env: env() });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const result = JSON.parse(stdout) as Record<string, { save: { n: number }; dashboard: { loads: number } }>;
    for (const phase of ['quiet', 'morning', 'after', 'refreshing']) {
      expect(result[phase]).toMatchObject({ save: { n: 60, p95Ms: expect.any(Number) }, dashboard: { skipped: 0 } });
    }
    expect(result).toMatchObject({
      findings: expect.any(Array),
      unexplainedShare: expect.any(Number),
      readModels: expect.any(Array),
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<svg');
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(result);
    expect(profiles()).toEqual([]);
    await nothingRuns();
  });

  test('a report that cannot be written is said before anything starts', async () => {
    const file = join(dir, 'a-file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = await daybreak([...small, '--out', file], { env: env() });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The report cannot be written to');
    expect(stderr).not.toContain('Opening the demo ERP');
    expect(profiles()).toEqual([]);
  });

  test('Ctrl-C in the middle leaves nothing running, and the next rescue removes what a killed one left', async () => {
    const begun = async () => {
      const child = startCli([...small, '--out', join(dir, 'out')], { env: env() });
      let seen = '';
      for await (const chunk of child.stderr) {
        seen += String(chunk);
        if (seen.includes('A quiet phase')) break;
      }
      return child;
    };
    const interrupted = await begun();
    expect(running().length).toBeGreaterThan(1);
    interrupted.kill('SIGINT');
    await once(interrupted, 'exit');
    expect(profiles()).toEqual([]);
    await nothingRuns();

    const killed = await begun();
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(profiles()).toHaveLength(1);
    const [left = ''] = profiles();
    const next = await begun();
    expect(existsSync(join(dir, left))).toBe(false);
    next.kill('SIGINT');
    await once(next, 'exit');
    expect(profiles()).toEqual([]);
    await nothingRuns();
  });
});
