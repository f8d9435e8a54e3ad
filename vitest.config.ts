import { defineConfig } from 'vitest/config';

/** `unit` needs no server; `postgres` shares one bundled 18 and, where present, one Debian 15 for the whole run. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // `npm test` reads the counts from here.
    outputFile: { json: process.env['VITEST_JSON_FILE'] ?? 'test-results/vitest.json' },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/postgres/**', 'test/e2e/**', 'test/fault/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['test/postgres/**/*.test.ts', 'test/fault/**/*.test.ts'],
          globalSetup: ['test/support/postgres-servers.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
