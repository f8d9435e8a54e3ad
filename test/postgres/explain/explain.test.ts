import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { planNodes } from '../../../electron/core/explain/plan-tree.ts';
import { testServers } from '../../support/postgres.ts';
import { openExplainEngine, valueOf, type Booked, type ExplainEngine } from './engine.ts';
import { openErp, type Erp } from './erp.ts';

describe.each(testServers())('$label', (testServer) => {
  let erp: Erp;
  let daybreak: ExplainEngine;
  beforeAll(async () => {
    erp = await openErp(testServer);
    await erp.admin.query(`
      create sequence erp.taken;
      create table erp.noted (noted_id bigint primary key default nextval('erp.taken'), text text);
      insert into erp.noted (text) select 'x' from generate_series(1, 10);
      create function erp.note() returns bigint language sql as $$ insert into erp.noted default values returning noted_id $$;
      create function erp.nap() returns void language sql as $$ select pg_sleep(60) $$;`);
    daybreak = await openExplainEngine(erp.database);
  });
  afterAll(async () => {
    await daybreak.close();
    await erp.close();
  });

  const run = async (
    booked: Booked,
    more: { analyze?: boolean; values?: Record<string, string>; timeoutMs?: number } = {},
  ) => {
    const [statementId = ''] = await daybreak.book([booked]);
    const answer = await daybreak.client.explain.run({ serverId: daybreak.serverId, statementId, ...more });
    return { statementId, answer };
  };
  const explained = async (...call: Parameters<typeof run>) => {
    const { statementId, answer } = await run(...call);
    if (!answer.ok || answer.value.kind !== 'explained') throw new Error(JSON.stringify(answer));
    expect(answer.value.explained.statementId).toBe(statementId);
    return answer.value.explained;
  };
  const refused = async (...call: Parameters<typeof run>) => {
    const { answer } = await run(...call);
    if (answer.ok) throw new Error(`it was not refused: ${answer.value.kind}`);
    return answer.error;
  };
  /** What a call could have left behind: objects, statistics of the catalog, sessions in a transaction, rows. Not autovacuum's. */
  const state = async () => {
    const { rows } = await erp.admin.query<Record<string, unknown>>(`select
      (select count(*)::int from pg_class) as relations, (select count(*)::int from pg_proc) as functions,
      (select count(*)::int from erp.noted) as noted, (select max(length(text)) from erp.noted) as longest,
      (select count(*)::int from pg_stat_activity
        where datname = current_database() and application_name like 'daybreak%' and state <> 'idle') as busy,
      (select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
        join pg_stat_activity a on a.pid = l.pid
        where d.datname = current_database() and l.pid <> pg_backend_pid() and a.backend_type = 'client backend') as locks`);
    return rows[0];
  };

  test('a report is planned with the constants that were sampled; ANALYZE measures each node and leaves nothing', async () => {
    const sent = `select r.name, count(*) from erp.ar_invoice i join erp.customer c using (customer_id)
      join erp.region r using (region_id) where i.invoice_date >= current_date - interval '60 days' group by r.name`;
    const booked = { text: await erp.normalized(sent), sampled: sent };
    const before = await state();
    const planned = await explained(booked);
    expect(planned).toMatchObject({ method: 'constants', analyzed: false, executionMs: null });
    expect(planned.values).toEqual([{ name: '$1', literal: `'60 days'`, origin: 'sample' }]);
    const measured = await explained(booked, { analyze: true });
    const nodes = [...planNodes(measured.root)];
    expect(measured.analyzed).toBe(true);
    expect(measured.executionMs).toBeGreaterThan(0);
    expect(nodes.filter(({ slowest }) => slowest)).toHaveLength(1);
    expect(nodes.some(({ relation }) => relation === 'erp.ar_invoice')).toBe(true);
    for (const { ownMs, totalMs, loops } of nodes) {
      if (loops !== 0) expect(totalMs).toBeGreaterThanOrEqual(ownMs ?? 0);
    }
    const own = nodes.reduce((sum, { ownMs }) => sum + (ownMs ?? 0), 0);
    expect(own).toBeGreaterThan(0.5 * (measured.root.totalMs ?? 0));
    expect(await state()).toEqual(before);
    // An EXPLAIN that were kept there would push out a statement of the ERP.
    const kept = await erp.admin.query(
      `select query from pg_stat_statements s join pg_database d on d.oid = s.dbid
      where datname = current_database() and query ilike 'explain%'`,
    );
    expect(kept.rows).toEqual([]);

    const listed = await valueOf(
      daybreak.client.explain.list({ serverId: daybreak.serverId, statementId: planned.statementId }),
    );
    expect(listed.explained.map(({ explainId }) => explainId)).toEqual([measured.explainId, planned.explainId]);
    const compared = await valueOf(
      daybreak.client.explain.compare({
        serverId: daybreak.serverId,
        beforeExplainId: planned.explainId,
        afterExplainId: measured.explainId,
      }),
    );
    expect(compared.sentence).toMatch(/^The same plan/);
    expect(new Set(compared.rows.map(({ kind }) => kind))).toEqual(new Set(['same']));
  });

  test('without values the plan is generic, and ANALYZE asks for them first', async () => {
    const text = 'select name from erp.customer where name like $1 limit $2';
    const generic = await explained({ text });
    expect(generic.method).toBe(testServer.major >= 16 ? 'generic' : 'generic_prepared');
    expect(generic.notes.join(' ')).toContain('Planned without looking at values');
    const { answer } = await run({ text }, { analyze: true });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        kind: 'values_needed',
        missing: [
          { name: '$1', type: 'text', context: 'name LIKE $1' },
          { name: '$2', type: 'bigint', context: 'limit $2' },
        ],
      },
    });
    const given = await explained({ text }, { analyze: true, values: { $1: `'%a%'`, $2: '3' } });
    expect(given).toMatchObject({ method: 'constants', analyzed: true });
    expect(given.values.map(({ origin }) => origin)).toEqual(['person', 'person']);
    const prepared = await erp.admin.query(
      `select pid from pg_stat_activity where application_name = 'daybreak-explain'`,
    );
    expect(prepared.rows).toEqual([]);
  });

  test('a write is tried only when asked, taken back, warned of and written into the activity log', async () => {
    const text = 'update erp.noted set text = $1 where noted_id > $2';
    const values = { $1: `'${'y'.repeat(40)}'`, $2: '0' };
    const before = await state();
    const planned = await explained({ text }, { values });
    expect(planned.notes.join(' ')).toContain('ANALYZE would run it');
    expect(planned.root.nodeType).toBe('Update');
    const tried = await explained({ text }, { values, analyze: true });
    expect(tried.notes.join(' ')).toContain('It was run and rolled back');
    expect([...planNodes(tried.root)].some(({ actualRows }) => actualRows === 10)).toBe(true);
    expect(await state()).toEqual(before);
    const { entries } = await valueOf(daybreak.client.activity.list({ serverId: daybreak.serverId, limit: 5 }));
    expect(entries).toMatchObject([{ purpose: 'EXPLAIN ANALYZE, rolled back', outcome: 'rolled_back' }]);
  });

  test('a SELECT that writes through a function is not run', async () => {
    const before = await state();
    const error = await refused({ text: 'select erp.note()' }, { analyze: true });
    expect(error).toMatchObject({ code: 'statement_refused', sqlstate: '25006' });
    expect(error.message).toContain('calls a function that writes');
    expect(await state()).toEqual(before);
  });

  test('ANALYZE ends at its timeout, and on the server when it is cancelled', async () => {
    const slow = { text: 'select erp.nap()' };
    const error = await refused(slow, { analyze: true, timeoutMs: 200 });
    expect(error.code).toBe('cancelled');
    expect(error.message).toContain('ANALYZE was ended after 200 ms');
    const [statementId = ''] = await daybreak.book([slow]);
    const one = { serverId: daybreak.serverId, statementId };
    expect(await valueOf(daybreak.client.explain.cancel(one))).toEqual({ cancelled: false });
    const running = daybreak.client.explain.run({ ...one, analyze: true });
    const active = async () =>
      (
        await erp.admin.query(
          `select 1 from pg_stat_activity where application_name = 'daybreak-explain' and state = 'active'`,
        )
      ).rows.length;
    await vi.waitFor(async () => expect(await active()).toBe(1), { timeout: 10_000 });
    expect(await valueOf(daybreak.client.explain.cancel(one))).toEqual({ cancelled: true });
    expect(await running).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await active()).toBe(0);
  });

  test('a locked table is not waited for', async () => {
    await erp.admin.query('begin; lock table erp.noted in access exclusive mode');
    try {
      const error = await refused({ text: 'select count(*) from erp.noted' });
      expect(error).toMatchObject({ code: 'lock_not_granted', retryable: true });
    } finally {
      await erp.admin.query('rollback');
    }
  });

  test('a role that only reads gets the plan of the rows that a write looks for, and advice on it', async () => {
    const { settings, url } = erp.database;
    const reader = `reader_${settings.database}`;
    await erp.admin.query(`create role ${reader} login password 'reads';
      grant usage on schema erp to ${reader}; grant select on all tables in schema erp to ${reader};
      insert into erp.noted (noted_id, text) select n, n::text from generate_series(1000, 40000) n; analyze erp.noted`);
    const reading = await openExplainEngine({
      ...erp.database,
      settings: { ...settings, user: reader },
      password: 'reads',
      url,
    });
    try {
      const { serverId, client } = reading;
      const update = 'update erp.noted n set text = $1 where n.text = $2';
      const [updateId = '', lockId = '', insertId = ''] = await reading.book([
        { text: update, class: 'oltp', roleName: settings.user },
        { text: 'select noted_id from erp.noted where noted_id = $1 for update', roleName: settings.user },
        { text: 'insert into erp.noted (noted_id, text) values ($1, $2)', roleName: settings.user },
      ]);
      for (const [statementId, values] of [
        [updateId, { $1: `'x'`, $2: `'2000'` }],
        [updateId, {}],
        [lockId, { $1: '2000' }],
      ] as const) {
        const answer = await valueOf(client.explain.run({ serverId, statementId, values }));
        if (answer.kind !== 'explained') throw new Error(JSON.stringify(answer));
        expect(answer.explained.root.nodeType).toMatch(/Scan$/);
        expect(answer.explained.notes.join(' ')).toMatch(
          /permission denied.*SELECT that finds the same rows.*grant select, update/,
        );
      }
      const advice = await valueOf(client.indexes.advise({ serverId, statementId: updateId }));
      if (advice.kind !== 'candidates') throw new Error(JSON.stringify(advice));
      expect(advice.candidates.map(({ columns }) => columns)).toEqual([['text']]);
      expect(advice.notes.join(' ')).toContain('SELECT that finds the same rows');
      const insert = await client.explain.run({ serverId, statementId: insertId, values: { $1: '1', $2: `'x'` } });
      expect(insert).toMatchObject({
        ok: false,
        error: { sqlstate: '42501', message: expect.stringContaining('grant select, insert') },
      });
    } finally {
      await reading.close();
      await erp.admin.query(
        `delete from erp.noted where noted_id >= 1000; drop owned by ${reader}; drop role ${reader}`,
      );
    }
  });

  test('what cannot be planned here says why', async () => {
    expect(await refused({ text: 'select 1', databaseName: 'crm' })).toMatchObject({
      code: 'statement_refused',
      message: expect.stringContaining('Add a connection to crm'),
    });
    expect((await refused({ text: 'vacuum erp.noted' })).message).toContain('VACUUM has no plan');
    expect((await refused({ text: `select '${'x'.repeat(2_000_000)}'` })).message).toContain('too long');
    const cut = await refused({ text: `select '${'x'.repeat(200_000)}'`.slice(0, 100_000) });
    expect(cut.message).toContain('keeps the first 100,000 characters');
    expect(cut.message).not.toContain('track_activity_query_size');
    expect((await refused({ text: `select 'cut` })).message).toContain('track_activity_query_size');
    expect((await refused({ text: `select '${'x'.repeat(9_000)}`.slice(0, 8_192) })).message).toContain('first 8,192');
    expect((await refused({ text: 'select gone from erp.noted' })).message).toContain('"gone" does not exist');
    const unknown = await daybreak.client.explain.run({ serverId: daybreak.serverId, statementId: '999999' });
    expect(unknown).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
