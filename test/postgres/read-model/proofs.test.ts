import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import type { CheckedProposal, Plan, Proposal } from '../../../shared/model/read-model.ts';
import { activityRow } from '../../electron/core/history/store.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop } from './fixture.ts';
import { startEngine } from './shop-engine.ts';

const people: Partial<Proposal> = {
  owner: 'Controlling',
  consumers: [{ consumer: 'monthly report', owner: 'Anna', budget: { minutes: 15 } }],
};
const byRegion = `select region, avg(amount) as mean, count(*) as invoices from invoice
  where category = $1 and invoiced_at >= $2 group by region order by region`;
const sent = (category: string, from: string) => byRegion.replace('$1', `'${category}'`).replace('$2', `'${from}'`);

/** From a statement of the history to a plan, with the proof between them. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;
  let databaseOid: string;
  const begin = async () => {
    engine = await startEngine(profileDir);
  };
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.sql(`alter role ${shop.boss} set search_path = erp`);
    await shop.sql(`alter table erp.invoice alter column category drop not null`);
    const [row] = await shop.sql<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    );
    databaseOid = row?.oid ?? '';
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-proofs-'));
    await begin();
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  });

  /** The statement as pg_stat_statements keeps it, and as sessions were seen to send it; its id. */
  const seen = async (normalized: string, samples: readonly string[]): Promise<string> => {
    const { database: databaseName } = shop.server.settings;
    const key = { databaseOid, roleOid: '10', queryid: '1', toplevel: true };
    await engine.history.samples.saveTexts(serverId, [{ key, text: normalized, databaseName, roleName: shop.boss }]);
    for (const [at, query] of samples.entries()) {
      const row = { ...activityRow({ pid: 7, query, queryid: '1' }), databaseOid, databaseName, roleOid: '10' };
      await engine.history.samples.saveSample(serverId, {
        atMs: Date.now() - 1000 * at,
        rows: [{ ...row, roleName: shop.boss }],
      });
    }
    const [statement] = await engine.history.samples.statements(serverId);
    return statement?.statementId ?? '';
  };
  const proposeFrom = (statementId: string, edits: Partial<Proposal> = {}) =>
    engine.readModels.propose(serverId, { kind: 'statement', statementId }, { ...people, ...edits });
  const apply = ({ planId, planHash, confirmWith }: Plan) =>
    engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith });
  const rewrittenAs = (proposal: CheckedProposal, change: (sql: string) => string): CheckedProposal => ({
    ...proposal,
    ...(proposal.derivation === undefined
      ? {}
      : { derivation: { ...proposal.derivation, rewrittenSql: change(proposal.derivation.rewrittenSql) } }),
  });

  test('a statement is proposed with free filters, proven with what was sent and what columns hold, and planned', async () => {
    await shop.sql('analyze erp.invoice');
    const id = await seen(byRegion, [sent('category 1', '2026-02-01'), sent('category 2', '2026-01-10 07:30')]);
    const proposal = await proposeFrom(id, { name: 'regions' });
    expect(proposal).toMatchObject({
      proposal: { keyColumns: ['category', 'invoiced_at', 'region'] },
      refresh: { mode: 'concurrent', reason: expect.stringContaining('merged in place') },
      budget: { minutes: 15 },
      saving: null,
      derivation: {
        shape: 'free',
        period: { column: 'invoiced_at', grain: 'instant' },
        rewrittenSql: expect.stringContaining('FROM reporting.regions AS m WHERE m.category = $1'),
      },
    });
    expect(proposal.warnings.join('\n')).toMatch(/hardly fewer/);
    const keeping = (parameter: string) =>
      engine.readModels.propose(serverId, { kind: 'statement', statementId: id, freeze: [parameter] });
    expect(await keeping('$1')).toMatchObject({
      proposal: { keyColumns: ['invoiced_at', 'region'] },
      derivation: { shape: 'free', frozenParameters: [{ name: '$1' }] },
    });
    // Which moment '2026-02-01' is depends on who asks: no definition may decide that for everybody.
    const smaller = await keeping('$2');
    expect(smaller).toMatchObject({
      proposal: { keyColumns: ['region'] },
      derivation: { shape: 'frozen', notFree: { construct: "invoiced_at in the session's time zone" } },
    });
    expect(smaller.warnings.join('\n')).not.toMatch(/hardly fewer/);
    expect(smaller.warnings.join('\n')).toMatch(/invoiced_at has a time zone/);
    expect(proposal.warnings.join('\n')).not.toMatch(/has a time zone/);
    const refused = await failureOf(engine.readModels.plan(serverId, proposal));
    expect(refused).toMatchObject({ code: 'unproven', message: expect.stringMatching(/never compared/) });

    const proof = await engine.readModels.proofs.prove(serverId, { proposal });
    expect(proof.verdict).toBe('proven');
    expect(proof.setCount).toBeGreaterThanOrEqual(3);
    expect(proof.steps.map(({ parameterSet }) => parameterSet)).toEqual(
      expect.arrayContaining([
        { $1: `'category 1'`, $2: `'2026-02-01'` },
        { $1: `'category 2'`, $2: `'2026-01-10 07:30'` },
      ]),
    );
    // The next call may come from another process.
    await engine.stop();
    await begin();
    await engine.servers.connect(serverId, shop.password);
    const plan = await engine.readModels.plan(serverId, proposal);
    expect(plan).toMatchObject({ proof: { verdict: 'proven', proofHash: proof.proofHash } });
    expect(plan.unproven).toBeUndefined();
    expect((await apply(plan)).state).toBe('done');
  });

  test('what is edited has to be proven anew, and a wrong rewriting shows the rows that differ', async () => {
    const id = await seen(byRegion, [sent('category 1', '2026-02-01')]);
    const proposal = await proposeFrom(id, { name: 'regions' });
    await engine.readModels.proofs.prove(serverId, { proposal });
    const definitionSql = `${proposal.proposal.definitionSql.replace('FROM erp.invoice', 'FROM erp.invoice WHERE amount > 1500')}`;
    const edited = await proposeFrom(id, { name: 'regions', definitionSql });
    expect(await engine.readModels.proofs.known(serverId, edited)).toBeNull();
    const proof = await engine.readModels.proofs.prove(serverId, { proposal: edited });
    expect(proof).toMatchObject({
      verdict: 'disproven',
      steps: [{ outcome: { result: 'different', columns: ['region', 'mean', 'invoices'] } }],
    });
    const refused = await failureOf(engine.readModels.plan(serverId, edited));
    expect(refused).toMatchObject({ code: 'unproven', detail: { verdict: 'disproven' } });
    const plan = await engine.readModels.plan(serverId, edited, { unproven: true });
    expect(plan).toMatchObject({ unproven: true, proof: { verdict: 'disproven' } });
    expect(plan.warnings.join('\n')).toContain('because a person said so');
    const { plan: stored } = await engine.readModels.getPlan(serverId, plan.planId);
    expect(stored.unproven).toBe(true);

    const fewer = rewrittenAs(proposal, (sql) => sql.replace(/m\.category = \$1 AND/, ''));
    expect(await engine.readModels.proofs.prove(serverId, { proposal: fewer })).toMatchObject({ verdict: 'disproven' });
    const other = { $1: `'nowhere'`, $2: `'2026-01-01'` };
    const empty = await engine.readModels.proofs.prove(serverId, { proposal, parameterSets: [other] });
    expect(empty).toMatchObject({ verdict: 'inconclusive', steps: [{ parameterSet: other }] });
  });

  test('a proof can be cancelled, and runs nothing that does more than read', async () => {
    const slow = `select count(*) as n from invoice a, invoice b, invoice c where a.category = $1 and a.amount + b.amount + c.amount > 0`;
    const id = await seen(slow, [slow.replace('$1', `'category 1'`)]);
    const proposal = await proposeFrom(id, { name: 'slow' });
    const proving = failureOf(engine.readModels.proofs.prove(serverId, { proposal, proofRunId: 'run' }));
    await expect
      .poll(async () => (await engine.readModels.proofs.progress(serverId, 'run')).running, { timeout: 10_000 })
      .toBe(true);
    await sleep(300);
    expect(await engine.readModels.proofs.cancel(serverId, 'run')).toEqual({ cancelled: true });
    expect(await proving).toMatchObject({ code: 'cancelled' });
    const [left] = await shop.sql<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like '%daybreak_original%' and state = 'active'
        and pid <> pg_backend_pid()`,
    );
    expect(left?.n).toBe(0);
    const timedOut = await engine.readModels.proofs.prove(serverId, { proposal, timeoutMs: 200 });
    expect(timedOut).toMatchObject({ verdict: 'inconclusive', steps: [{ outcome: { result: 'timed_out' } }] });

    const sneaky = rewrittenAs(
      proposal,
      () => `select count(*) as n from reporting.slow as m where set_config('a.b', '1', false) = '1'`,
    );
    expect(await failureOf(engine.readModels.proofs.prove(serverId, { proposal: sneaky }))).toMatchObject({
      code: 'statement_refused',
      detail: { construct: 'set_config()' },
    });
  });

  test('culprits that read the same tables are offered beside each other, one read model each', async () => {
    const texts = [
      byRegion,
      'select category, region, sum(amount) as amount from invoice where category = $1 and invoiced_at < $2 group by category, region',
      'select count(*) as others from boss_only where n = $1',
    ];
    const { samples, openFindings } = engine.history;
    const { database: databaseName } = shop.server.settings;
    await samples.saveTexts(
      serverId,
      texts.map((text, at) => ({
        key: { databaseOid, roleOid: '10', queryid: String(at + 1), toplevel: true },
        text,
        databaseName,
        roleName: shop.boss,
      })),
    );
    const stored = (await samples.statements(serverId)).toSorted(
      (a, b) => texts.indexOf(a.text ?? '') - texts.indexOf(b.text ?? ''),
    );
    const described = stored.map(({ statementId, fingerprint, text }) => ({
      fingerprint,
      statement: {
        statementId,
        fingerprint,
        text,
        queryid: null,
        class: 'reporting' as const,
        classSource: 'score' as const,
        applicationNames: [],
        roleName: shop.boss,
        databaseName,
        widgetId: null,
        toplevel: true,
      },
      cure: 'read_model' as const,
      grade: 'B' as const,
      blameShare: 0.4,
      damageSeconds: 90,
      window: { fromMs: 1, toMs: 2 },
      prediction: { meanMs: 5, p95Ms: 9 },
    }));
    await openFindings.save(serverId, described, Date.now());
    const [first, second] = stored;
    expect(await engine.readModels.siblings(serverId, first?.statementId ?? '')).toEqual([
      { statementId: second?.statementId, text: texts[1], sameGrain: true },
    ]);
    expect((await proposeFrom(first?.statementId ?? '', { name: 'regions' })).saving).toEqual({
      grade: 'B',
      blameShare: 0.4,
      damageSeconds: 90,
      window: { fromMs: 1, toMs: 2 },
      meanMs: 5,
      p95Ms: 9,
    });
  });

  test('a widget whose query is not the shipped one is proven against its live query', async () => {
    const liveSql = 'select region, sum(amount) as amount from erp.invoice group by region order by region';
    const live = { kind: 'live' as const, sql: liveSql };
    const widget = { widgetId: 'sales', title: 'Sales', question: 'What do we sell?', liveSql, source: live };
    await engine.history.dashboards.save({
      dashboardId: 'board',
      serverId,
      title: 'Board',
      widgets: [
        {
          ...widget,
          kind: 'table',
          x: null,
          series: null,
          values: ['amount'],
          formats: {},
          currency: null,
          layout: { x: 0, y: 0, w: 4, h: 4 },
          budget: { minutes: 30 },
        },
      ],
    });
    const proposal = await engine.readModels.propose(
      serverId,
      { kind: 'widget', widgetId: 'sales' },
      { owner: 'Sales' },
    );
    expect(proposal).toMatchObject({ liveSql, asShipped: false });
    expect(await failureOf(engine.readModels.plan(serverId, proposal))).toMatchObject({ code: 'unproven' });
    expect(await engine.readModels.proofs.prove(serverId, { proposal })).toMatchObject({
      verdict: 'proven',
      steps: [{ outcome: { result: 'equal', rows: 5 } }],
    });
    expect((await engine.readModels.plan(serverId, proposal)).proof?.verdict).toBe('proven');
    const without = { ...proposal, readerSql: 'select as_of, region, 0::numeric as amount from reporting.sales' };
    expect(await engine.readModels.proofs.prove(serverId, { proposal: without })).toMatchObject({
      verdict: 'disproven',
    });
    const elsewhere = {
      ...proposal,
      readerSql: 'select region, sum(amount) as amount from erp.invoice group by region',
    };
    expect(await failureOf(engine.readModels.proofs.prove(serverId, { proposal: elsewhere }))).toMatchObject({
      code: 'statement_refused',
      message: expect.stringContaining('reporting.sales'),
    });
  });

  test('what cannot be turned is refused with the construct', async () => {
    const id = await seen('select region, amount from invoice where category = $1 for update', []);
    expect(await failureOf(proposeFrom(id))).toMatchObject({
      code: 'statement_refused',
      detail: { construct: 'FOR UPDATE', why: expect.any(String) },
    });
  });

  test('NULL in the key, and no key at all: built, refreshed side by side, and no drift', async () => {
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', null, '2026-02-02', 5)`);
    const counted = 'select category, count(*) as n from invoice where amount > $1 group by category';
    const id = await seen(counted, [counted.replace('$1', '0')]);
    const keyed = await proposeFrom(id, { name: 'keyed' });
    const single = await engine.readModels.propose(
      serverId,
      { kind: 'sql', sql: 'select count(*) as n, sum(amount) as amount from erp.invoice' },
      { ...people, name: 'single', keyColumns: [] },
    );
    for (const proposal of [keyed, single]) {
      const { name } = proposal.proposal;
      expect((await apply(await engine.readModels.plan(serverId, proposal, { unproven: true }))).state).toBe('done');
      for (let round = 0; round < 3; round += 1) {
        expect(await engine.readModels.refresh(serverId, name)).toMatchObject({ state: 'done', mode: 'side_by_side' });
      }
      expect((await engine.readModels.get(serverId, name)).readModel.drift).toEqual([]);
    }
    expect(await shop.sql(`select category, n::int from reporting.keyed where category is null`)).toEqual([
      { category: null, n: 1 },
    ]);
    // Without the NULL the index is unique again, and the refresh after that is done in place.
    await shop.sql('delete from erp.invoice where invoice_id = 900001');
    await engine.readModels.refresh(serverId, 'keyed');
    expect((await engine.readModels.refresh(serverId, 'keyed')).mode).toBe('concurrent');
    // A NULL that comes in again is met in place, and the refresh is done all the same.
    await shop.sql(`insert into erp.invoice values (900002, 'region 1', null, '2026-02-02', 7)`);
    const met = await engine.readModels.refresh(serverId, 'keyed');
    expect(met).toMatchObject({ state: 'done', mode: 'side_by_side', reason: expect.stringContaining('NULL') });
    expect(await shop.sql(`select n::int from reporting.keyed where category is null`)).toEqual([{ n: 1 }]);
    const [served] = await shop.sql<{ asOf: Date; copy: string }>(
      `select v.as_of as "asOf", pg_get_viewdef('reporting.keyed'::regclass) as copy from reporting.keyed v limit 1`,
    );
    expect(met.asOf).toBe(served?.asOf.toISOString());
    expect(served?.copy).toContain(`keyed_v1_${met.slot}`);
    const [kept] = await shop.sql(`select mode, slot from daybreak.run where run_id = $1`, [met.runId]);
    expect(kept).toEqual({ mode: 'side_by_side', slot: met.slot });
    expect((await engine.readModels.get(serverId, 'keyed')).readModel.drift).toEqual([]);
    expect((await engine.readModels.refresh(serverId, 'keyed')).mode).toBe('side_by_side');
    await shop.sql('delete from erp.invoice where invoice_id = 900002');
  });

  test('a key that is not unique counting NULL is refused', async () => {
    await shop.sql(
      `insert into erp.invoice select 900010 + n, 'x', null, '2026-02-02', 5 from generate_series(1, 2) n`,
    );
    const sql = 'select category, invoice_id from erp.invoice where invoice_id > 900010';
    const proposal = await engine.readModels.propose(
      serverId,
      { kind: 'sql', sql },
      { ...people, name: 'twice', keyColumns: ['category'] },
    );
    const failed = await apply(await engine.readModels.plan(serverId, proposal)).then(
      ({ message }) => message,
      (error: Error) => error.message,
    );
    expect(failed).toContain('is not unique');
    await shop.sql('delete from erp.invoice where invoice_id > 900010');
  });
});
