import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ExportJob } from '../../../../../electron/core/dashboards/export/export-job.ts';
import {
  createExportRenderer,
  type ExportRenderer,
} from '../../../../../electron/core/dashboards/export/export-renderer.ts';
import { entryPoint } from '../../../../../electron/core/entry-points.ts';
import { readPdf } from '../../../../support/read-pdf.ts';
import { allKinds, exportedKinds, landscape, setting } from './exports-for-tests.ts';

const { widget, data } = exportedKinds.bar;
if (data === null) throw new Error('it has numbers');
const svg: ExportJob = { kind: 'widget', format: 'svg', setting, paper: landscape, widget, data };
const pdf: ExportJob = { kind: 'dashboard', format: 'pdf', setting, paper: landscape, title: 'All', widgets: allKinds };

vi.setConfig({ testTimeout: 120_000 });

let renderer: ExportRenderer | null = null;
afterEach(() => renderer?.stop());

describe('the thread that draws exports', () => {
  it('draws one after the other, and leaves the engine free meanwhile', async () => {
    renderer = createExportRenderer();
    const allBefore = process.cpuUsage();
    const mineBefore = process.threadCpuUsage();
    const [first, second] = await Promise.all([renderer.render(svg), renderer.render(pdf)]);
    const all = process.cpuUsage(allBefore);
    const mine = process.threadCpuUsage(mineBefore);
    expect(new TextDecoder().decode(first.bytes)).toMatch(/^<svg /);
    expect((await readPdf(second.bytes)).title).toBe('All');
    // Whatever else the machine does: this thread computed next to nothing of it.
    expect((mine.user + mine.system) / (all.user + all.system)).toBeLessThan(0.2);
  });

  it('ends a drawing that is cancelled, and draws the next one', async () => {
    renderer = createExportRenderer();
    const stop = new AbortController();
    const cancelled = renderer.render(pdf, stop.signal);
    const waiting = renderer.render(svg);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ value: { code: 'cancelled' } });
    expect((await waiting).bytes.length).toBeGreaterThan(1000);
    await expect(renderer.render(svg, AbortSignal.abort())).rejects.toMatchObject({ value: { code: 'cancelled' } });
  });

  it('gives up what needs more memory than it may have, and draws the next one', async () => {
    const limits = [{ maxOldGenerationSizeMb: 24 }, {}];
    renderer = createExportRenderer(
      () => new Worker(entryPoint('export-renderer'), { resourceLimits: limits.shift() ?? {} }),
    );
    await expect(renderer.render(pdf)).rejects.toMatchObject({
      value: { code: 'not_available', message: expect.stringContaining('given up') },
    });
    expect((await renderer.render(svg)).bytes.length).toBeGreaterThan(1000);
  });

  it('ends with its engine', async () => {
    renderer = createExportRenderer();
    const under = renderer.render(pdf);
    const ended = expect(under).rejects.toMatchObject({ value: { code: 'cancelled' } });
    await renderer.stop();
    await ended;
    await expect(renderer.render(svg)).rejects.toMatchObject({ value: { code: 'cancelled' } });
  });
});
