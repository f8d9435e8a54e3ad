import { defineConfig } from 'vitest/config';

/**
 * `unit` needs no server; `postgres` shares one bundled 18 and, where present, one Debian 15 for the whole run. `long`
 * starts servers of its own, takes a quarter of an hour, and is no part of `npm test`.
 */
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
          exclude: ['test/postgres/**', 'test/e2e/**', 'test/fault/**', 'test/long/**'],
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
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // One after the other: two loads at once would measure each other.
          fileParallelism: false,
        },
      },
    ],
  },
});
