import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import { transactionsOf } from '../../../../electron/core/mornings/transactions.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import { engineWithHistory, nine, unreachable } from '../../../support/engine-with-history.ts';
import { activityRow, deltaSet, keyOf, quiet, testFolder } from '../history/store.ts';

const minuteMs = 60_000;
/** The reports run until 08:20; two windows that read the same hours. */
const windows = [
  { fromMs: nine - 60 * minuteMs, toMs: nine - 40 * minuteMs },
  { fromMs: nine - 50 * minuteMs, toMs: nine - 35 * minuteMs },
];

/** The verdicts first and last: what was studied for them is at hand when they are asked for again. */
async function answers(engine: RunningEngine) {
  const { mornings } = engine;
  const judged = () => Promise.all(windows.map((window) => mornings.judge('erp', window)));
  const verdicts = await judged();
  const others: unknown[] = [];
  for (const { fromMs, toMs } of windows) {
    const { timeline } = await mornings.timeline('erp', fromMs, toMs);
    const { statements } = await mornings.statements('erp', fromMs, toMs);
    const { transactions } = await transactionsOf(engine, 'erp', { fromMs, toMs });
    others.push({ timeline, statements, transactions });
  }
  await judged();
  // Texts are read when somebody looks at them.
  return JSON.parse(JSON.stringify({ verdicts, others })) as unknown;
}

/** An engine on a copy of the store, which has kept nothing. */
async function anew({ ports }: RunningEngine): Promise<RunningEngine> {
  const profileDir = await testFolder();
  const db = new Database(join(ports.paths.profileDir, 'daybreak.sqlite'), { readonly: true });
  db.prepare('vacuum into ?').run(join(profileDir, 'daybreak.sqlite'));
  db.close();
  const copied = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(copied, { background: false });
  onTestFinished(() => engine.stop());
  return engine;
}

test('an engine that was asked before answers as one that was just started', { timeout: 120_000 }, async () => {
  const engine = await engineWithHistory(2);
  const { history } = engine;
  const inWindowMs = nine - 45 * minuteMs + 0.5;
  const unnamed = activityRow({
    query: 'select sum(amount) from posting where day > 7',
    queryStartMs: inWindowMs - 4000,
    applicationName: 'metabase',
  });
  const [busiest] = (await history.samples.statements('erp')).filter(({ key }) => key !== null);
  if (busiest === undefined) throw new Error('the history has statements');
  const queue = [1, 2, 3, 4, 5, 6].map((pid) =>
    pid === 1
      ? { ...unnamed, pid, queryid: '77' }
      : {
          ...activityRow({ pid, queryid: busiest.key?.queryid ?? null, query: busiest.text ?? '' }),
          queryStartMs: inWindowMs - 2000,
          waitEventType: 'Lock',
          waitEvent: 'transactionid',
          blockedByPids: [1],
        },
  );
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    'a class is set': () => history.samples.setClassOverride('erp', busiest.fingerprint, 'reporting'),
    'a class is taken back': () => history.samples.setClassOverride('erp', busiest.fingerprint, null),
    'cores are set': () =>
      history.connections.save({
        serverId: 'erp',
        settings: { ...unreachable, cores: 16 },
        lastConnectedAtMs: null,
        lastFacts: null,
      }),
    'a late sample knows a statement by its text alone': () =>
      history.samples.saveSample('erp', { atMs: inWindowMs, rows: [unnamed] }),
    'the statistics name that statement': () =>
      history.samples.saveTexts('erp', [
        {
          key: keyOf('77'),
          text: 'select sum(amount) from posting where day > $1',
          databaseName: 'erp',
          roleName: 'erp_app',
        },
      ]),
    'another interval is counted': () =>
      history.samples.saveDeltas('erp', deltaSet(inWindowMs, [keyOf('77')], { calls: 50, totalExecMs: 90_000 })),
    'a late sample meets a queue behind statements that are known': () =>
      history.samples.saveSample('erp', { atMs: inWindowMs + 1000, rows: queue }),
    'retention takes what is old': () => history.applyRetention(nine + 46.5 * 60 * minuteMs),
  };
  const unchanged: string[] = [];
  for (const [what, change] of Object.entries(changes)) {
    const before = JSON.stringify(await answers(engine));
    await change();
    const after = await answers(engine);
    expect(after, what).toEqual(await answers(await anew(engine)));
    if (JSON.stringify(after) === before) unchanged.push(what);
  }
  // Each is seen in what is answered.
  expect(unchanged).toEqual([]);
});
