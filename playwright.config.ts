import { defineConfig } from '@playwright/test';

/**
 * The product as people meet it, on what `electron-vite build` made: one journey behind each door, against the real
 * engine and the demo ERP. One at a time: each puts a PostgreSQL under load.
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
    { name: 'browser', testMatch: 'browser.spec.ts' },
    { name: 'desktop', testMatch: 'desktop.spec.ts' },
    { name: 'electron', testMatch: 'electron.spec.ts' },
  ],
});
