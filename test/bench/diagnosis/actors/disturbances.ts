import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Actor } from './actor.ts';
import { ActorSession, pause } from './sessions.ts';

/** A clerk's window: changes rows, stands open for a while, is saved, and after a pause the same again. */
export const openDialog = (options: {
  readonly name: string;
  readonly sql: string;
  readonly heldMs: number;
  readonly pauseMs: number;
}): Actor => ({
  name: options.name,
  prepare: async ({ database, random }) => {
    const session = await ActorSession.open(database.erp, { applicationName: 'erp-desktop' });
    const always = new AbortController().signal;
    return {
      work: async (signal) => {
        await pause(random() * 500, signal);
        while (!signal.aborted) {
          await session.run('begin', always);
          if (await session.run(options.sql, signal)) await pause(options.heldMs * (0.8 + 0.4 * random()), signal);
          await session.run('rollback', always);
          await pause(options.pauseMs * (0.8 + 0.4 * random()), signal);
        }
      },
      close: () => session.close(),
    };
  },
});

/** Loads rows chunk after chunk, in as many sessions as an integration would open. */
export const bulkImport = (options: {
  readonly name: string;
  readonly sql: string;
  readonly sessions: number;
  readonly rowsPerChunk: number;
}): Actor => ({
  name: options.name,
  prepare: async ({ database }) => {
    const sessions = await Promise.all(
      Array.from({ length: options.sessions }, () =>
        ActorSession.open(database.erp, { applicationName: 'supplier-gateway' }),
      ),
    );
    return {
      work: async (signal) => {
        await Promise.all(
          sessions.map(async (session, index) => {
            for (let chunk = 0; !signal.aborted; chunk += 1) {
              const first = (index * 10_000 + chunk) * options.rowsPerChunk;
              await session.run(options.sql, signal, [first, options.rowsPerChunk]);
            }
          }),
        );
      },
      close: async () => void (await Promise.all(sessions.map((session) => session.close()))),
    };
  },
});

/** Somebody else's programs on the same machine: they spin, and PostgreSQL knows nothing of them. */
export const outsideStress = (processes: number): Actor => ({
  name: 'outside stress',
  prepare: async () => ({
    work: async (signal) => {
      const children = Array.from({ length: processes }, () =>
        fork(fileURLToPath(new URL('../../support/spinner.ts', import.meta.url)), [], {
          execArgv: [],
          stdio: 'ignore',
        }),
      );
      if (!signal.aborted) await once(signal, 'abort');
      await Promise.all(children.map(end));
    },
    close: async () => undefined,
  }),
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Resets all statistics a third into its span, and those of one statement after two thirds. */
export const statisticsResets = (options: { readonly marker: string; readonly spanMs: number }): Actor => ({
  name: 'statistics resets',
  prepare: async ({ database }) => {
    const session = await ActorSession.open(database.admin, { applicationName: 'psql' });
    return {
      work: async (signal) => {
        await pause(options.spanMs / 3, signal);
        await session.run('select pg_stat_statements_reset()', signal);
        await pause(options.spanMs / 3, signal);
        await session.run(
          `select pg_stat_statements_reset(userid, dbid, queryid) from pg_stat_statements
           where query like '%' || $1 || '%' and query not like '%pg_stat_statements%'`,
          signal,
          [options.marker],
        );
      },
      close: () => session.close(),
    };
  },
});

/**
 * Cheap statements that nobody has asked before, as programs write that put values and operators together themselves:
 * each takes a place in pg_stat_statements, and the least called leave it.
 */
export const distinctStatements = (perSecond: number): Actor => ({
  name: 'distinct statements',
  prepare: async ({ database }) => {
    const session = await ActorSession.open(database.erp, { applicationName: 'erp-search' });
    let made = 0;
    return {
      work: async (signal) => {
        while (!signal.aborted) {
          for (let n = 0; n < perSecond / 10; n += 1) await session.run(distinctStatement((made += 1)), signal);
          await pause(100, signal);
        }
      },
      close: () => session.close(),
    };
  },
});

/**
 * So many of them in one message, which takes milliseconds: whatever was called once before it has left the statistics
 * when the next snapshot is taken. Their numbers are beyond those of `distinctStatements`.
 */
export const burstOfStatements = (count: number): string =>
  Array.from({ length: count }, (_, index) => distinctStatement(beyondAnyRun + index)).join('; ');

const beyondAnyRun = 40_000;

/** Statement number n: the operators spell n in base 3, so that each is another tree. */
export function distinctStatement(n: number): string {
  const operators = [...n.toString(3).padStart(10, '0')].map((digit) => ['+', '-', '*'][Number(digit)]);
  return `select ${operators.map((operator, index) => `${index + 1} ${operator} `).join('')}0 as discount`;
}
