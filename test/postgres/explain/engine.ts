import { mkdtempSync, rmSync } from 'node:fs';
import { noCounters } from '../../../electron/core/diagnosis/no-counters.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createRouter, type EngineRouter } from '../../../electron/core/api/router.ts';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import type { StatementCounters } from '../../../shared/model/sampling.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';
import { activityRow, keyOf } from '../../electron/core/history/store.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { silent } from '../read-model/tools.ts';

export interface Booked {
  readonly text: string;
  /** As pg_stat_activity showed it. */
  readonly sampled?: string;
  readonly databaseName?: string;
  readonly roleName?: string;
  readonly class?: StatementClass;
  readonly counters?: Partial<StatementCounters>;
}

/** An engine over a test database whose history is written by the test, ten minutes a call. */
export interface ExplainEngine {
  readonly engine: RunningEngine;
  readonly client: RouterClient<EngineRouter>;
  readonly serverId: string;
  /** The ten minutes that `book` wrote last. */
  window(): { readonly fromMs: number; readonly toMs: number };
  /** Books statements in the next ten minutes; answers their ids in the same order. */
  book(statements: readonly Booked[]): Promise<string[]>;
  close(): Promise<void>;
}

/** The value of a reply, or its failure thrown. */
export async function valueOf<T>(reply: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>) {
  const answer = await reply;
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

export async function openExplainEngine({ settings, password }: TestDatabase): Promise<ExplainEngine> {
  const profileDir = mkdtempSync(join(tmpdir(), 'daybreak-explain-'));
  const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  const client = createRouterClient(createRouter(engine));
  const { serverId } = await valueOf(client.connections.save({ settings, password }));
  let toMs = Date.now() - 6 * 3_600_000;
  let booked = 0;
  return {
    engine,
    client,
    serverId,
    window: () => ({ fromMs: toMs - 600_000, toMs }),
    book: async (statements) => {
      const { samples } = engine.history;
      const fromMs = toMs;
      toMs += 600_000;
      const keys = statements.map(() => keyOf(String((booked += 1))));
      await samples.saveTexts(
        serverId,
        statements.map(({ text, databaseName = settings.database, roleName = settings.user }, at) => ({
          key: keys[at] ?? keyOf('0'),
          text,
          databaseName,
          roleName,
        })),
      );
      const often = { calls: 5_000, rows: 5_000, totalExecMs: 2_000, sharedBlksHit: 20_000 };
      await samples.saveDeltas(serverId, {
        fromMs,
        toMs,
        deallocs: 0,
        resets: 0,
        coverage: null,
        deltas: statements.map(({ counters }, at) => ({
          key: keys[at] ?? keyOf('0'),
          counters: { ...noCounters, ...often, ...counters },
          discontinuity: false,
        })),
      });
      await samples.saveSample(serverId, {
        atMs: toMs - 1_000,
        rows: statements.flatMap(({ sampled }, at) =>
          sampled === undefined
            ? []
            : [activityRow({ pid: 1000 + at, queryid: keys[at]?.queryid ?? null, query: sampled })],
        ),
      });
      const stored = await samples.statements(serverId);
      const ids = keys.map((key) => stored.find((one) => one.key?.queryid === key.queryid)?.statementId ?? '');
      for (const [at, { class: wanted }] of statements.entries()) {
        if (wanted !== undefined) {
          await valueOf(client.mornings.setClass({ serverId, statementId: ids[at] ?? '', class: wanted }));
        }
      }
      return ids;
    },
    close: async () => {
      await engine.stop();
      rmSync(profileDir, { recursive: true, force: true });
    },
  };
}
