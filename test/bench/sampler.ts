/**
 * `npm run bench:sampler`: what sampling costs. A server with 5,000 statements and 94 MB of their texts, of which 500 a
 * minute change; an engine beside it as the agent runs it. `--minutes 10` of background mode are charged with the
 * processor time that the operating system counted for the sampler's backends and for the engine; then come two minutes
 * of incident mode; then a client's throughput in blocks that alternate between sampled and not (`--blocks 20`).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { engineFlags } from '../../electron/hosts/cli/engine-flags.mjs';
import { atLeast, atMost, finish } from './gates.ts';
import { bytesRead, startStatementsServer, type StatementsServer } from './support/many-statements.ts';
import type { EngineAnswer, EngineRequest } from './support/sampler-engine.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'settle-seconds': { type: 'string', default: '180' },
    'incident-minutes': { type: 'string', default: '2' },
    blocks: { type: 'string', default: '20' },
    'block-seconds': { type: 'string', default: '10' },
    entries: { type: 'string', default: '5000' },
    'text-bytes': { type: 'string', default: '19000' },
  },
});
const number = (name: keyof typeof values): number => Number(values[name]);
const changingAMinute = 500;

/** Clock ticks of utime and stime (proc(5)); 100 a second on every Linux that Node runs on. */
function processorMs(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null; // it ended
  }
}

/** Processor time of all backends that Daybreak has had, those included that ended since. */
class Backends {
  readonly #admin: pg.Client;
  readonly #spentMs = new Map<number, number>();
  #samplerPid: number | null = null;

  constructor(admin: pg.Client) {
    this.#admin = admin;
  }

  get samplerPid(): number {
    if (this.#samplerPid === null) throw new Error('the sampler has no backend');
    return this.#samplerPid;
  }

  async totalMs(): Promise<number> {
    const { rows } = await this.#admin.query<{ pid: number; sampler: boolean }>(
      `select pid, application_name = 'daybreak-sampler' as sampler from pg_stat_activity
      where application_name like 'daybreak%' order by backend_start desc`,
    );
    for (const { pid, sampler } of rows) {
      if (sampler) this.#samplerPid = pid;
      const spentMs = processorMs(pid);
      if (spentMs !== null) this.#spentMs.set(pid, spentMs);
    }
    return [...this.#spentMs.values()].reduce((sum, spentMs) => sum + spentMs, 0);
  }
}

class Engine {
  readonly profileDir = mkdtempSync(join(tmpdir(), 'daybreak-bench-engine-'));
  readonly #child: ChildProcess;

  constructor({ settings, server }: StatementsServer) {
    mkdirSync(this.profileDir, { recursive: true });
    this.#child = fork(
      join(import.meta.dirname, 'support/sampler-engine.ts'),
      [this.profileDir, JSON.stringify(settings)],
      { env: { ...process.env, BENCH_PASSWORD: server.password }, execArgv: [...engineFlags] },
    );
  }

  /** null: only waits for the answer that the engine gives when it is up. */
  ask(request: EngineRequest | null): Promise<EngineAnswer> {
    return new Promise((resolve, reject) => {
      const answered = (answer: EngineAnswer) => {
        this.#child.off('exit', ended);
        resolve(answer);
      };
      const ended = (code: number | null) => {
        this.#child.off('message', answered);
        reject(new Error(`the engine ended with ${code}`));
      };
      this.#child.once('message', answered).once('exit', ended);
      if (request !== null) this.#child.send(request);
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.send({ ask: 'stop' } satisfies EngineRequest);
    await exited;
    rmSync(this.profileDir, { recursive: true, force: true });
  }
}

interface Cost {
  readonly seconds: number;
  readonly engineMs: number;
  readonly serverMs: number;
  readonly percent: number;
}

/** Every statement runs once, and all texts are fetched, as many at a time as one reading takes. */
async function learn(statements: StatementsServer, engine: Engine, backends: Backends) {
  const before = { engineMs: (await engine.ask({ ask: 'usage' })).processorMs, serverMs: await backends.totalMs() };
  await engine.ask({ ask: 'read' });
  await statements.run(0, number('entries'));
  const readings = 2 + Math.ceil((number('entries') * number('text-bytes')) / 15e6);
  for (let reading = 0; reading < readings; reading += 1) await engine.ask({ ask: 'read' });
  const { processorMs: engineMs } = await engine.ask({ ask: 'usage' });
  return { readings, engineMs: engineMs - before.engineMs, serverMs: (await backends.totalMs()) - before.serverMs };
}

/** Watches for `minutes` while statements change; the engine's and the backends' processor time of exactly that time. */
async function charge(
  minutes: number,
  statements: StatementsServer,
  engine: Engine,
  backends: Backends,
): Promise<Cost> {
  const startedMs = performance.now();
  const [engineBefore, serverBefore] = [(await engine.ask({ ask: 'usage' })).processorMs, await backends.totalMs()];
  let next = 0;
  const slices = Math.max(1, Math.round(minutes * 6));
  for (let slice = 0; slice < slices; slice += 1) {
    await statements.run(next, Math.round(changingAMinute / 6));
    next += Math.round(changingAMinute / 6);
    await sleep(Math.max(0, startedMs + (slice + 1) * 10_000 - performance.now()));
    await backends.totalMs();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const engineMs = (await engine.ask({ ask: 'usage' })).processorMs - engineBefore;
  const serverMs = (await backends.totalMs()) - serverBefore;
  const percent = (engineMs + serverMs) / (seconds * 10);
  return { seconds, engineMs: Math.round(engineMs), serverMs: Math.round(serverMs), percent };
}

/** Transactions a second of two clients, each of which reads and writes one row, as pgbench does. */
async function throughput(statements: StatementsServer, seconds: number): Promise<number> {
  const { host, port, database, user } = statements.settings;
  const clients = await Promise.all(
    [0, 1].map(async () => {
      const client = new pg.Client({ host, port, database, user, password: statements.server.password });
      await client.connect();
      return client;
    }),
  );
  const endMs = performance.now() + seconds * 1000;
  const done = await Promise.all(
    clients.map(async (client) => {
      let transactions = 0;
      while (performance.now() < endMs) {
        const id = 1 + (transactions % 1_000);
        await client.query('begin');
        await client.query({ name: 'u', text: 'update account set balance = balance + 1 where id = $1', values: [id] });
        await client.query({ name: 's', text: 'select balance from account where id = $1', values: [id] });
        await client.query('commit');
        transactions += 1;
      }
      return transactions;
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
  return done.reduce((sum, count) => sum + count, 0) / seconds;
}

/** Geometric mean of the paired ratios and its 95 % interval (normal approximation on the logarithms). */
function ratioOf(pairs: readonly { readonly sampled: number; readonly alone: number }[]) {
  const logs = pairs.map(({ sampled, alone }) => Math.log(sampled / alone));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  const half = 1.96 * Math.sqrt(variance / logs.length);
  return { ratio: Math.exp(mean), from: Math.exp(mean - half), to: Math.exp(mean + half) };
}

async function pairedThroughput(statements: StatementsServer) {
  await statements.admin.query(
    'create table account (id int primary key, balance int); insert into account select n, 0 from generate_series(1, 1000) n',
  );
  const pairs: { sampled: number; alone: number }[] = [];
  const seconds = number('block-seconds');
  for (let pair = 0; pair < number('blocks') / 2; pair += 1) {
    const alone = () => throughput(statements, seconds);
    const sampled = async () => {
      const engine = new Engine(statements);
      await engine.ask(null);
      await sleep(3_000); // starting up is no sampling
      const found = await throughput(statements, seconds);
      await engine.stop();
      return found;
    };
    // The order changes, so that a machine which warms up or cools down favours neither.
    const found =
      pair % 2 === 0
        ? { alone: await alone(), sampled: await sampled() }
        : { sampled: await sampled(), alone: await alone() };
    pairs.push(found);
  }
  return { ...ratioOf(pairs), pairs };
}

const statements = await startStatementsServer(number('entries'), number('text-bytes'));
try {
  const { rows } = await statements.admin.query<{ bytes: string; entries: string }>(
    `select (pg_stat_file('pg_stat_tmp/pgss_query_texts.stat')).size as bytes,
      (select count(*) from pg_stat_statements(false)) as entries`,
  );
  const textBytes = Number(rows[0]?.bytes);
  const entries = Number(rows[0]?.entries);
  console.log(`${entries} statements, ${(textBytes / 1e6).toFixed(0)} MB of texts`);

  const engine = new Engine(statements);
  await engine.ask(null);
  const backends = new Backends(statements.admin);
  // To learn 5,000 statements and their texts belongs to the start. From then on only new statements are learned.
  const learned = await learn(statements, engine, backends);
  console.log('learning', learned);
  // So does tidying up after it: V8 gives the memory of 95 MB of texts back over the next minutes.
  await sleep(number('settle-seconds') * 1000);
  const readBefore = bytesRead(backends.samplerPid);
  const background = await charge(number('minutes'), statements, engine, backends);
  const hotPathBytes = bytesRead(backends.samplerPid) - readBefore;
  console.log('background', background);

  await engine.ask({ ask: 'mode', mode: 'incident' });
  const incident = await charge(number('incident-minutes'), statements, engine, backends);
  console.log('incident', incident);
  const state = await engine.ask({ ask: 'usage' });
  await engine.stop();

  const paired = await pairedThroughput(statements);
  console.log(`throughput ratio ${paired.ratio.toFixed(4)} (${paired.from.toFixed(4)} to ${paired.to.toFixed(4)})`);

  finish(
    'sampler',
    [
      atLeast('statements', entries, number('entries')),
      atLeast(
        'textMegabytes',
        Math.round(textBytes / 1e6),
        Math.floor((number('entries') * number('text-bytes')) / 1.02e6),
      ),
      atMost('backgroundPercentOfOneCore', Number(background.percent.toFixed(4)), 0.2),
      // Catalogs and statistics, and never the file of texts: it alone would be that large.
      atMost('hotPathReadShareOfTexts', Number((hotPathBytes / textBytes).toFixed(4)), 0.05),
      atLeast('throughputRatioUpperEnd', Number(paired.to.toFixed(4)), 0.99),
    ],
    { entries, textBytes, hotPathBytes, learned, background, incident, throughput: paired, state },
  );
} finally {
  await statements.stop();
}
