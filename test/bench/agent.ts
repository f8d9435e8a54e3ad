/**
 * `npm run bench:agent`: two agents and the engine of a browser window, real processes, race for `--models 50` read models
 * on the bundled PostgreSQL 18 for `--minutes 10`, while one of them is killed with SIGKILL every few seconds
 * (`--seed 1`) and started again, mostly in the middle of a refresh. A trigger of the bench's own counts every commit
 * that shows new rows. Then ticks over 1,000 models.
 */
import { parseArgs } from 'node:util';
import { atLeast, atMost, finish } from './gates.ts';
import { measureMany } from './agent/many-models.ts';
import { race } from './agent/race.ts';
import { openRaceShop } from './agent/shop.ts';
import { measureTick } from './agent/tick-cost.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    models: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '20' },
    kill: { type: 'string', default: '12' },
    ticks: { type: 'string', default: '600' },
  },
});

/** A stale lease is silent for half a minute; then the next tick of anybody takes it, and a machine may be slow. */
const takeOverWithinMs = 30_000 + 5_000;

async function manyModels() {
  const shop = await openRaceShop({ models: 1, everySeconds: 30, atOnce: 1 });
  try {
    await shop.admin.query('create extension if not exists pg_stat_statements');
    return await measureMany(shop, 1_000, Number(values.ticks));
  } finally {
    await shop.stop();
  }
}

const many = await manyModels();
console.log(`1,000 models: ${JSON.stringify(many)}`);
const decisions = measureTick(1_000, 50);
const raced = await race({
  models: Number(values.models),
  seconds: Number(values.minutes) * 60,
  seed: Number(values.seed),
  everySeconds: Number(values.every),
  killEverySeconds: Number(values.kill),
  say: (line) => console.log(line),
});
console.log(JSON.stringify(raced));

const { overlapping, answeredTwice, unrecordedCommits, stuck, worstTakeOverMs, neverRefreshed, lateStops, runs } =
  raced;
finish(
  'agent',
  [
    atLeast('refreshes done', runs['done'] ?? 0, Number(values.models)),
    atLeast('kills', raced.kills, Math.floor((Number(values.minutes) * 60) / (Number(values.kill) * 3))),
    atMost('doubled runs (overlapping)', overlapping, 0),
    atMost('doubled runs (one due time, two refreshes)', answeredTwice, 0),
    atMost('commits that no run stands for, or runs without one', Math.abs(unrecordedCommits), 0),
    atMost('stuck runs and leases', stuck, 0),
    atMost('models that were never refreshed', neverRefreshed, 0),
    atMost('longest silence of a lease before it was taken over, ms', worstTakeOverMs, takeOverWithinMs),
    atMost('processes that did not stop in good order', lateStops.length, 0),
    atMost('tick over 1,000 models on the server, ms', Number(many.serverMs.toFixed(1)), 50),
    atMost('tick over 1,000 models in the agent, ms', Number(many.agentMs.toFixed(1)), 50),
    atMost('heap growth over the ticks, MB', Number((many.heapGrowthBytes / 2 ** 20).toFixed(2)), 3),
  ],
  { raced, many, decisions },
);
