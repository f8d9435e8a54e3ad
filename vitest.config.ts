import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * What Node makes of the .ts files of threads and child processes is kept, instead of made anew by each of them: one call of
 * the command line then takes 0.9 s of a processor instead of 1.8 s. It also keeps threads from stripping types, which Node does in
 * WebAssembly, and V8 may crash where threads come and go that run it (SIGSEGV under load, no stack of ours).
 */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'test-results', 'compile-cache') };

/** What needs a server or a browser. */
const served = ['test/postgres/**', 'test/e2e/**', 'test/fault/**', 'test/long/**'];

/**
 * `unit` needs no server; `unit-anew` holds what loads modules a second time, which must not happen in a process that others
 * share (WebAssembly starts once a process); `postgres` shares one bundled 18 and, where present, one Debian 15 for the whole run. `long`
 * starts servers of its own, takes a quarter of an hour, and is no part of `npm test`.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Nothing here is kept in a module from one file to the next, and a process with all modules anew for each file takes
    // as long as most files do.
    isolate: false,
    // `npm test` reads the counts from here.
    outputFile: { json: process.env['VITEST_JSON_FILE'] ?? 'test-results/vitest.json' },
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: [...served, '**/*.anew.test.ts'],
          // A busy machine takes many times as long as an idle one.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'unit-anew',
          env,
          include: ['test/**/*.anew.test.ts'],
          exclude: served,
          isolate: true,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'postgres',
          env,
          include: ['test/postgres/**/*.test.ts', 'test/fault/**/*.test.ts'],
          globalSetup: ['test/support/postgres-servers.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'long',
          env,
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
