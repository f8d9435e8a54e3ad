import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { failureOf } from './fixture.ts';
import { byRegion, rewrittenAs, sent, useStatementShop } from './statement-shop.ts';

/** What a proof says, and when it says less. */
describe.each(testServers())('$label', (testServer) => {
  const at = useStatementShop(testServer);

  test('what is edited has to be proven anew, and a wrong rewriting shows the rows that differ', async () => {
    const id = await at.seen(byRegion, [sent('category 1', '2026-02-01')]);
    const proposal = await at.proposeFrom(id, { name: 'regions' });
    await at.prove(proposal);
    const definitionSql = `${proposal.proposal.definitionSql.replace('FROM erp.invoice', 'FROM erp.invoice WHERE amount > 1500')}`;
    const edited = await at.proposeFrom(id, { name: 'regions', definitionSql });
    expect(await at.engine.readModels.proofs.known(at.serverId, edited)).toBeNull();
    const proof = await at.prove(edited);
    expect(proof).toMatchObject({
      verdict: 'disproven',
      steps: [{ outcome: { result: 'different', columns: ['region', 'mean', 'invoices'] } }],
    });
    const refused = await failureOf(at.plan(edited));
    expect(refused).toMatchObject({ code: 'unproven', detail: { verdict: 'disproven' } });
    const plan = await at.plan(edited, { unproven: true });
    expect(plan).toMatchObject({ unproven: true, proof: { verdict: 'disproven' } });
    expect(plan.warnings.join('\n')).toContain('because a person said so');
    const { plan: stored } = await at.engine.readModels.getPlan(at.serverId, plan.planId);
    expect(stored.unproven).toBe(true);

    const fewer = rewrittenAs(proposal, (sql) => sql.replace(/m\.category = \$1 AND/, ''));
    expect(await at.prove(fewer)).toMatchObject({ verdict: 'disproven' });
  });

  test('a proof can be cancelled, and runs nothing that does more than read', async () => {
    const slow = `select count(*) as n from invoice a, invoice b, invoice c where a.category = $1 and a.amount + b.amount + c.amount > 0`;
    const id = await at.seen(slow, [slow.replace('$1', `'category 1'`)]);
    const proposal = await at.proposeFrom(id, { name: 'slow' });
    const proving = failureOf(at.prove(proposal, { proofRunId: 'run' }));
    await expect
      .poll(async () => (await at.engine.readModels.proofs.progress(at.serverId, 'run')).running, { timeout: 10_000 })
      .toBe(true);
    await sleep(300);
    expect(await at.engine.readModels.proofs.cancel(at.serverId, 'run')).toEqual({ cancelled: true });
    expect(await proving).toMatchObject({ code: 'cancelled' });
    const [left] = await at.shop.sql<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like '%daybreak_original%' and state = 'active'
        and pid <> pg_backend_pid()`,
    );
    expect(left?.n).toBe(0);
    const timedOut = await at.prove(proposal, { timeoutMs: 200 });
    expect(timedOut).toMatchObject({ verdict: 'inconclusive', steps: [{ outcome: { result: 'timed_out' } }] });

    const sneaky = rewrittenAs(
      proposal,
      () => `select count(*) as n from reporting.slow as m where set_config('a.b', '1', false) = '1'`,
    );
    expect(await failureOf(at.prove(sneaky))).toMatchObject({
      code: 'statement_refused',
      detail: { construct: 'set_config()' },
    });
  });

  const counted = `select count(*) as n, sum(amount) as amount from invoice where category = $1`;
  const of = (...categories: string[]) => ({ parameterSets: categories.map((one) => ({ $1: `'${one}'` })) });
  const proposeCounted = async (name: string) =>
    at.proposeFrom(await at.seen(counted, [counted.replace('$1', `'category 1'`)]), { name });

  test('free filters are proven on three results that differ, and with fewer the plan says what was not compared', async () => {
    const id = await at.seen(byRegion, [sent('category 1', '2026-02-01')]);
    const proposal = await at.proposeFrom(id, { name: 'regions' });
    const from = (category: string, day: string) => ({ $1: `'${category}'`, $2: `'${day}'` });
    // Nothing was invoiced before 2026: three sets that differ, and one result.
    const days = ['2026-01-01', '2025-12-01', '2025-11-01'].map((day) => from('category 1', day));
    const one = await at.prove(proposal, { parameterSets: days });
    expect(one).toMatchObject({ verdict: 'partly', freeParameters: ['$1', '$2'] });
    const refused = await failureOf(at.plan(proposal));
    expect(refused).toMatchObject({ code: 'unproven', detail: { verdict: 'partly' } });
    expect(refused.message).toContain('3 parameter sets equal, with one result');
    expect(refused.message).toContain('Not compared: other values of $1.');
    const built = await at.plan(proposal, { unproven: true });
    expect(built.proof).toMatchObject({ verdict: 'partly', text: expect.stringContaining('Less than proven') });

    const more = await at.prove(proposal, {
      parameterSets: [from('category 2', '2026-02-01'), from('category 1', '2026-02-01')],
    });
    expect(more).toMatchObject({ verdict: 'proven', setCount: 5 });
    expect((await at.plan(proposal)).proof?.verdict).toBe('proven');
  });

  test('a set that differed stays until that very set is compared anew', async () => {
    await at.shop.sql(`insert into erp.invoice values (910001, 'region 1', 'odd', '2026-02-02', 5)`);
    const wrong = rewrittenAs(await proposeCounted('counted'), (sql) => `${sql} AND m.category <> 'odd'`);
    expect(await at.prove(wrong, of('odd'))).toMatchObject({ verdict: 'disproven' });
    const others = await at.prove(wrong, of('category 0', 'category 1', 'category 2'));
    expect(others).toMatchObject({ verdict: 'disproven', setCount: 4 });
    expect(others.steps.map(({ outcome }) => outcome.result)).toEqual(['different', 'equal', 'equal', 'equal']);
    expect(await failureOf(at.plan(wrong))).toMatchObject({ code: 'unproven', detail: { verdict: 'disproven' } });
    await at.shop.sql('delete from erp.invoice where invoice_id = 910001');
    expect(await at.prove(wrong, of('odd'))).toMatchObject({ verdict: 'proven' });
  });

  test('a row of NULL and 0 is what an aggregate over nothing has, and says as little as no row', async () => {
    const proposal = await proposeCounted('counted');
    const nothing = await at.prove(proposal, of('nowhere', 'neither', 'never'));
    expect(nothing.verdict).toBe('inconclusive');
    expect(nothing.steps.map(({ outcome }) => outcome)).toEqual(
      Array(3).fill(expect.objectContaining({ result: 'equal', rows: 1, nothing: true })),
    );
    const refused = await failureOf(at.plan(proposal));
    expect(refused.message).toContain('no row, or nothing but NULL and 0');
    const two = await at.prove(proposal, of('category 1', 'category 2'));
    expect(two).toMatchObject({ verdict: 'partly', setCount: 5 });
  });

  test('a column of few values gives the sets that one sample does not, and a table that has no third is less than proven', async () => {
    await at.shop.sql(`create table erp.paper as select 'kind ' || n % 2 as kind, n from generate_series(1, 100) n;
      grant select on erp.paper to ${at.shop.daybreak}; analyze erp.paper; analyze erp.invoice`);
    try {
      const proof = await at.prove(await proposeCounted('counted'));
      expect(proof).toMatchObject({ verdict: 'proven' });
      const papers = 'select count(*) as n from paper where kind = $1';
      const id = await at.seen(papers, [papers.replace('$1', `'kind 1'`)], '2');
      const proposal = await at.proposeFrom(id, { name: 'papers' });
      const both = await at.prove(proposal);
      // Both kinds have fifty: two sets, and one result.
      expect(both).toMatchObject({ verdict: 'partly', setCount: 2 });
      expect((await failureOf(at.plan(proposal))).message).toContain('a proof takes 3 sets whose results differ');
    } finally {
      await at.shop.sql('drop table erp.paper');
    }
  });

  test('a parameter that is said to be frozen, and that the rewritten query takes, is free', async () => {
    const proposal = await proposeCounted('counted');
    const { derivation } = proposal;
    if (derivation === undefined) throw new Error('it was derived');
    const lying = { ...derivation, frozenParameters: [{ name: '$1', literal: `'category 1'` }] };
    expect(await at.prove({ ...proposal, derivation: lying })).toMatchObject({
      verdict: 'partly',
      freeParameters: ['$1'],
    });
  });
});
