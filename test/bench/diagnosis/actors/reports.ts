import type { RunDatabase } from '../bench-server.ts';
import type { Actor } from './actor.ts';
import { ActorSession, pause } from './sessions.ts';

export interface ReportOptions {
  readonly name: string;
  readonly sql: string;
  readonly users: number;
  readonly as?: 'dashboards' | 'erp' | 'admin';
  readonly applicationName?: string;
  /** Session settings, e.g. work_mem, statement_timeout. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Between the runs of one user, ms. */
  readonly pauseMs?: number;
  /** Users begin within this time, ms. */
  readonly spreadMs?: number;
  /** Each user runs it once a span and goes. */
  readonly once?: boolean;
  /** The user's program asks this at once after every run that came through. */
  readonly thenSql?: string;
}

/** People who run one statement over and over. A run that its session's timeout cancels is begun again at once. */
export const reports = (options: ReportOptions): Actor => ({
  name: options.name,
  prepare: async ({ database, random }) => {
    const { users, applicationName = 'metabase', settings = {}, sql, pauseMs = 100, spreadMs = 500 } = options;
    const connection = connectionOf(database, options.as ?? 'dashboards');
    const sessions = await Promise.all(
      Array.from({ length: users }, () => ActorSession.open(connection, { applicationName, settings })),
    );
    return {
      work: async (signal) => {
        await Promise.all(
          sessions.map(async (session) => {
            await pause(random() * spreadMs, signal);
            while (!signal.aborted) {
              const ended = await session.run(sql, signal);
              if (ended && options.thenSql !== undefined) await session.run(options.thenSql, signal);
              if (options.once === true) return;
              await pause(pauseMs * (0.5 + random()), signal);
            }
          }),
        );
      },
      close: async () => void (await Promise.all(sessions.map((session) => session.close()))),
    };
  },
});

/** Two statements that are always asked together, as two widgets of one page: the next round waits for both. */
export const together = (options: {
  readonly name: string;
  readonly pair: readonly [string, string];
  readonly users: number;
}): Actor => ({
  name: options.name,
  prepare: async ({ database, random }) => {
    const pages = await Promise.all(
      Array.from({ length: options.users }, () =>
        Promise.all(
          options.pair.map(async (sql) => ({
            sql,
            session: await ActorSession.open(database.dashboards, { applicationName: 'metabase' }),
          })),
        ),
      ),
    );
    return {
      work: async (signal) => {
        await Promise.all(
          pages.map(async (page) => {
            await pause(random() * 200, signal);
            while (!signal.aborted) await Promise.all(page.map(({ sql, session }) => session.run(sql, signal)));
          }),
        );
      },
      close: async () => void (await Promise.all(pages.flat().map(({ session }) => session.close()))),
    };
  },
});

export function connectionOf(database: RunDatabase, as: 'dashboards' | 'erp' | 'admin') {
  switch (as) {
    case 'dashboards':
      return database.dashboards;
    case 'erp':
      return database.erp;
    case 'admin':
      return database.admin;
  }
}
