import { describe, expect, test } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { failureOf } from './fixture.ts';
import { byRegion, sent, useStatementShop } from './statement-shop.ts';

/** From a statement of the history to a plan, with the proof between them. */
describe.each(testServers())('$label', (testServer) => {
  const at = useStatementShop(testServer);

  test('a statement is proposed with free filters, proven with what was sent and what columns hold, and planned', async () => {
    await at.shop.sql('analyze erp.invoice');
    const id = await at.seen(byRegion, [sent('category 1', '2026-02-01'), sent('category 2', '2026-01-10 07:30')]);
    const proposal = await at.proposeFrom(id, { name: 'regions' });
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
      at.engine.readModels.propose(at.serverId, { kind: 'statement', statementId: id, freeze: [parameter] });
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
    const refused = await failureOf(at.plan(proposal));
    expect(refused).toMatchObject({ code: 'unproven', message: expect.stringMatching(/never compared/) });

    const proof = await at.prove(proposal);
    expect(proof.verdict).toBe('proven');
    expect(proof.setCount).toBeGreaterThanOrEqual(3);
    expect(proof.steps.map(({ parameterSet }) => parameterSet)).toEqual(
      expect.arrayContaining([
        { $1: `'category 1'`, $2: `'2026-02-01'` },
        { $1: `'category 2'`, $2: `'2026-01-10 07:30'` },
      ]),
    );
    // The next call may come from another process.
    await at.restart();
    const plan = await at.plan(proposal);
    expect(plan).toMatchObject({ proof: { verdict: 'proven', proofHash: proof.proofHash } });
    expect(plan.unproven).toBeUndefined();
    expect((await at.apply(plan)).state).toBe('done');
  });

  test('culprits that read the same tables are offered beside each other, one read model each', async () => {
    const texts = [
      byRegion,
      'select category, region, sum(amount) as amount from invoice where category = $1 and invoiced_at < $2 group by category, region',
      'select count(*) as others from boss_only where n = $1',
    ];
    const { samples, openFindings } = at.engine.history;
    const { database: databaseName } = at.shop.server.settings;
    await samples.saveTexts(
      at.serverId,
      texts.map((text, place) => ({
        key: at.key(String(place + 1)),
        text,
        databaseName,
        roleName: at.shop.boss,
      })),
    );
    const stored = (await samples.statements(at.serverId)).toSorted(
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
        roleName: at.shop.boss,
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
    await openFindings.save(at.serverId, described, Date.now());
    const [first, second] = stored;
    expect(await at.engine.readModels.siblings(at.serverId, first?.statementId ?? '')).toEqual([
      { statementId: second?.statementId, text: texts[1], sameGrain: true },
    ]);
    expect((await at.proposeFrom(first?.statementId ?? '', { name: 'regions' })).saving).toEqual({
      grade: 'B',
      blameShare: 0.4,
      damageSeconds: 90,
      window: { fromMs: 1, toMs: 2 },
      meanMs: 5,
      p95Ms: 9,
    });
  });

  test('what cannot be turned is refused with the construct', async () => {
    const id = await at.seen('select region, amount from invoice where category = $1 for update', []);
    expect(await failureOf(at.proposeFrom(id))).toMatchObject({
      code: 'statement_refused',
      detail: { construct: 'FOR UPDATE', why: expect.any(String) },
    });
  });
});
