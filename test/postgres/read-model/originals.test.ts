import { describe, expect, test } from 'vitest';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf } from './fixture.ts';
import { byRegion, sent, useStatementShop } from './statement-shop.ts';

/** What a read model has to answer for, whatever its proposal says of itself. */
describe.each(testServers())('$label', (testServer) => {
  const at = useStatementShop(testServer);

  const sales = 'select region, sum(amount) as amount from erp.invoice group by region order by region';
  const plain = 'select as_of, region, amount\nfrom reporting.sales\norder by region';
  const originalsOf = (proposal: CheckedProposal) => at.engine.readModels.proofs.originals(at.serverId, proposal);
  const salesFromStatement = async () => {
    const id = await at.seen(byRegion, [sent('category 1', '2026-02-01')]);
    const proposal = await at.proposeFrom(id, { name: 'regions' });
    const sets = [1, 2, 0].map((n) => ({ $1: `'category ${n}'`, $2: `'2026-02-01'` }));
    expect(await at.prove(proposal, { parameterSets: sets })).toMatchObject({ verdict: 'proven' });
    return { id, proposal, sets };
  };

  test('a widget is answered for with its live query, also where a person sent the proposal as a SELECT', async () => {
    await at.board({ sales });
    const proposal = await at.engine.readModels.propose(
      at.serverId,
      { kind: 'widget', widgetId: 'sales' },
      { owner: 'Sales' },
    );
    expect(proposal).toMatchObject({ liveSql: sales });
    expect(await failureOf(at.plan(proposal))).toMatchObject({ code: 'unproven' });
    expect(await at.prove(proposal)).toMatchObject({
      verdict: 'proven',
      freeParameters: [],
      steps: [{ outcome: { result: 'equal', rows: 5 } }],
    });
    expect((await at.plan(proposal)).proof).toMatchObject({
      verdict: 'proven',
      originals: [{ kind: 'widget', label: 'the widget sales', originalSql: sales }],
    });
    const without = { ...proposal, readerSql: 'select as_of, region, 0::numeric as amount from reporting.sales' };
    expect(await at.prove(without)).toMatchObject({ verdict: 'disproven' });
    // What it says of itself changes nothing of what it has to answer for.
    const posed: CheckedProposal = { ...without, origin: 'sql', widgetId: null, liveSql: undefined };
    expect((await originalsOf(posed)).originals).toMatchObject([{ kind: 'widget', proof: { verdict: 'disproven' } }]);
    expect(await failureOf(at.plan(posed))).toMatchObject({ code: 'unproven', detail: { verdict: 'disproven' } });
    const elsewhere = {
      ...proposal,
      readerSql: 'select region, sum(amount) as amount from erp.invoice group by region',
    };
    expect(await failureOf(at.prove(elsewhere))).toMatchObject({
      code: 'statement_refused',
      message: expect.stringContaining('reporting.sales'),
    });
  });

  test('a statement is compared as the history has it, whatever text the proposal carries', async () => {
    const { proposal, sets } = await salesFromStatement();
    const { derivation } = proposal;
    if (derivation === undefined) throw new Error('it was derived');
    const fewer = { ...derivation, rewrittenSql: `${derivation.rewrittenSql} LIMIT 1` };
    const forged = { ...proposal, derivation: { ...fewer, originalSql: `${derivation.originalSql} limit 1` } };
    expect(await at.prove(forged, { parameterSets: sets })).toMatchObject({ verdict: 'disproven' });
    expect(await failureOf(at.plan(forged))).toMatchObject({ code: 'unproven', detail: { verdict: 'disproven' } });
  });

  test('a definition that nobody asked for is proven against nothing, and the plan says so', async () => {
    const { proposal } = await salesFromStatement();
    const { derivation: _, ...rest } = proposal;
    const orphan: CheckedProposal = { ...rest, origin: 'sql', statementId: null };
    expect(await originalsOf(orphan)).toEqual({ originals: [], unchangedSince: null });
    expect((await failureOf(at.plan(orphan))).message).toContain('Not proven against anything');
    expect(await failureOf(at.prove(orphan))).toMatchObject({ code: 'statement_refused' });
    const plan = await at.plan(orphan, { unproven: true });
    expect(plan).toMatchObject({ unproven: true, proof: { verdict: null, originals: [] } });
    expect(plan.proof?.text).toContain('Not proven against anything');
    expect(plan.warnings.join('\n')).toContain('because a person said so');
  });

  test('a new version answers for the statement that the model was made from', async () => {
    const { id, proposal, sets } = await salesFromStatement();
    await at.apply(await at.plan(proposal));
    const definitionSql = proposal.proposal.definitionSql.replace(
      'FROM erp.invoice',
      'FROM erp.invoice WHERE amount > 1500',
    );
    const next = await at.proposeSql(definitionSql, { name: 'regions', keyColumns: proposal.proposal.keyColumns });
    expect((await originalsOf(next)).originals).toMatchObject([
      {
        originalId: `statement:${id}`,
        originalSql: byRegion,
        rewrittenSql: proposal.derivation?.rewrittenSql,
        proof: null,
      },
    ]);
    expect((await failureOf(at.plan(next))).message).toContain(`Against the statement ${id}`);
    expect(await at.prove(next, { parameterSets: sets })).toMatchObject({ verdict: 'disproven' });
    const word = await at.plan(next, { unproven: true });
    expect(word).toMatchObject({ kind: 'new_version', unproven: true, proof: { verdict: 'disproven' } });

    // The same definition, with another owner: there is nothing new to prove.
    const same = await at.proposeSql(proposal.proposal.definitionSql, {
      name: 'regions',
      keyColumns: proposal.proposal.keyColumns,
      owner: 'Sales',
    });
    expect((await at.plan(same)).unproven).toBeUndefined();
    await at.restart();
    expect((await originalsOf(next)).originals).toMatchObject([{ originalId: `statement:${id}` }]);
  });

  test('a SELECT is compared with the query that readers are given', async () => {
    const proposal = await at.proposeSql(sales, { name: 'sales' });
    expect(await failureOf(at.plan(proposal))).toMatchObject({
      code: 'unproven',
      message: expect.stringContaining('the SELECT that it was proposed from'),
    });
    expect(await at.prove({ ...proposal, readerSql: `${plain} limit 3` })).toMatchObject({ verdict: 'disproven' });
    expect(await at.prove(proposal)).toMatchObject({ verdict: 'proven' });
    const plan = await at.plan(proposal);
    expect(plan.proof).toMatchObject({ verdict: 'proven', originals: [{ kind: 'select', originalSql: sales }] });
    expect((await at.apply(plan)).state).toBe('done');
  });

  test('resumed as it was a model needs no word, and with another definition it does', async () => {
    const proposal = await at.proposeSql(sales, { name: 'sales' });
    await at.prove(proposal);
    await at.apply(await at.plan(proposal));
    await at.apply(await at.engine.lifecycle.planSuspend(at.serverId, 'sales'));
    const plan = (wish: object = {}) => at.engine.lifecycle.planResume(at.serverId, 'sales', wish);
    expect((await plan()).proof?.text).toContain('that of version 1');
    const definitionSql = sales.replace('sum(amount)', 'sum(amount * 2)');
    expect((await failureOf(plan({ definitionSql }))).message).toContain('Not proven against anything');
    const resumed = await plan({ definitionSql, unproven: true });
    expect(resumed).toMatchObject({ kind: 'resume', unproven: true });
    expect((await at.apply(resumed)).state).toBe('done');
  });

  test('two widgets of one model keep each its own query, through versions and a roll back', async () => {
    const north = `select sum(amount) as amount from erp.invoice where region = 'region 1'`;
    await at.board({ sales, north });
    const consumers = ['sales', 'north'].map((id) => ({
      consumer: `widget:${id}`,
      owner: 'Sales',
      budget: { minutes: 30 },
    }));
    const asksNorth = `select as_of, sum(amount) as amount from reporting.sales where region = 'region 1' group by 1`;
    const proposal = await at.engine.readModels.propose(
      at.serverId,
      { kind: 'widget', widgetId: 'sales' },
      { owner: 'Sales', consumers },
    );
    // Nobody has said how the other one asks.
    expect(await at.prove(proposal, { originalId: 'widget:north' })).toMatchObject({ verdict: 'disproven' });
    const asked = { ...proposal, queries: { 'widget:north': asksNorth } };
    for (const originalId of ['widget:sales', 'widget:north']) {
      expect(await at.prove(asked, { originalId })).toMatchObject({ verdict: 'proven' });
    }
    await at.apply(await at.plan(asked));
    const sources = async () => [(await at.widget('sales'))?.source.sql, (await at.widget('north'))?.source.sql];
    expect(await sources()).toEqual([plain, asksNorth]);

    const next = await at.proposeSql(sales.replace('as amount', 'as amount, count(*) as invoices'), {
      name: 'sales',
      keyColumns: ['region'],
      consumers,
    });
    const all = 'select as_of, region, amount, invoices\nfrom reporting.sales\norder by region';
    expect((await originalsOf(next)).originals.map(({ rewrittenSql }) => rewrittenSql)).toEqual([all, asksNorth]);
    // Its columns are not those of the live query any more: that has to be said, and a person to speak for it.
    expect(await at.prove(next, { originalId: 'widget:north' })).toMatchObject({ verdict: 'proven' });
    expect(await failureOf(at.plan(next))).toMatchObject({
      code: 'unproven',
      detail: { originals: [{ originalId: 'widget:sales', verdict: null }, { verdict: 'proven' }] },
    });
    await at.apply(await at.plan(next, { unproven: true }));
    expect(await sources()).toEqual([all, asksNorth]);
    await at.apply(await at.engine.readModels.planRollBack(at.serverId, 'sales'));
    expect(await sources()).toEqual([plain, asksNorth]);
  });
});
