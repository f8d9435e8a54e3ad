import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { rescueByHand } from './test/support/e2e-projects.ts';

// Each door is a process that would make the same machine code anew: see vitest.config.ts.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'test-results', 'compile-cache');

/**
 * The product as people meet it, on what `electron-vite build` made: one journey behind each door, against the real
 * engine and the demo ERP. `npm test` runs all but the rescues beside the tests on real servers.
 */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/e2e',
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  // A morning is measured in it; on a busy machine everything else takes longer, too.
  timeout: 480_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  projects: [
    { name: 'browser', testMatch: 'browser.spec.ts', grepInvert: rescueByHand },
    { name: 'labels', testMatch: ['labels.spec.ts', 'executive.spec.ts', 'tunnel.spec.ts', 'preview.spec.ts'] },
    { name: 'filters', testMatch: 'filters.spec.ts' },
    { name: 'editor', testMatch: 'editor.spec.ts' },
    { name: 'alerts', testMatch: 'alerts.spec.ts' },
    { name: 'offline', testMatch: 'offline.spec.ts' },
    { name: 'desktop', testMatch: 'desktop.spec.ts', grepInvert: rescueByHand },
    { name: 'electron', testMatch: 'electron.spec.ts' },
    { name: 'schedule', testMatch: 'schedule.spec.ts' },
    { name: 'exports', testMatch: ['exports.spec.ts', 'fits.spec.ts'] },
    { name: 'rescues', testMatch: ['browser.spec.ts', 'desktop.spec.ts'], grep: rescueByHand },
  ],
});
