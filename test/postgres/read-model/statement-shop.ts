import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { CheckedProposal, Proposal } from '../../../shared/model/proposal.ts';
import { activityRow } from '../../electron/core/history/store.ts';
import type { TestServer } from '../../support/postgres.ts';
import { openShop } from './fixture.ts';
import { startEngine } from './shop-engine.ts';

export const people: Partial<Proposal> = {
  owner: 'Controlling',
  consumers: [{ consumer: 'monthly report', owner: 'Anna', budget: { minutes: 15 } }],
};
export const byRegion = `select region, avg(amount) as mean, count(*) as invoices from invoice
  where category = $1 and invoiced_at >= $2 group by region order by region`;
export const sent = (category: string, from: string) =>
  byRegion.replace('$1', `'${category}'`).replace('$2', `'${from}'`);

/** An engine of its own for each test, over one shop for all of them, whose history can be told what statements ran. */
export function useStatementShop(testServer: TestServer) {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;
  let databaseOid: string;
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
    engine = await startEngine(profileDir);
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  });
  const key = (queryid: string) => ({ databaseOid, roleOid: '10', queryid, toplevel: true });
  return {
    get shop() {
      return shop;
    },
    get engine() {
      return engine;
    },
    get serverId() {
      return serverId;
    },
    key,
    /** The next call may come from another process. */
    async restart() {
      await engine.stop();
      engine = await startEngine(profileDir);
      await engine.servers.connect(serverId, shop.password);
    },
    /** The statement as pg_stat_statements keeps it, and as sessions were seen to send it; its id. */
    async seen(normalized: string, samples: readonly string[], queryid = '1'): Promise<string> {
      const { database: databaseName } = shop.server.settings;
      await engine.history.samples.saveTexts(serverId, [
        { key: key(queryid), text: normalized, databaseName, roleName: shop.boss },
      ]);
      for (const [at, query] of samples.entries()) {
        const row = { ...activityRow({ pid: 7, query, queryid }), databaseOid, databaseName, roleOid: '10' };
        await engine.history.samples.saveSample(serverId, {
          atMs: Date.now() - 1000 * at,
          rows: [{ ...row, roleName: shop.boss }],
        });
      }
      const found = await engine.history.samples.statements(serverId);
      return found.find(({ text }) => text === normalized)?.statementId ?? '';
    },
    proposeFrom: (statementId: string, edits: Partial<Proposal> = {}) =>
      engine.readModels.propose(serverId, { kind: 'statement', statementId }, { ...people, ...edits }),
    proposeSql: (sql: string, edits: Partial<Proposal> = {}) =>
      engine.readModels.propose(serverId, { kind: 'sql', sql }, { ...people, ...edits }),
    prove: (proposal: CheckedProposal, more: object = {}) =>
      engine.readModels.proofs.prove(serverId, { proposal, ...more }),
    plan: (proposal: CheckedProposal, wishes: { readonly unproven?: boolean } = {}) =>
      engine.readModels.plan(serverId, proposal, wishes),
    apply: ({ planId, planHash, confirmWith }: Plan) =>
      engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith }),
    /** Puts widgets with these live queries on a dashboard. */
    async board(liveSqls: Readonly<Record<string, string>>): Promise<void> {
      await engine.history.dashboards.save({
        dashboardId: 'board',
        serverId,
        title: 'Board',
        widgets: Object.entries(liveSqls).map(([widgetId, liveSql]) => widgetOf(widgetId, liveSql)),
      });
    },
    async widget(widgetId: string): Promise<Widget | undefined> {
      return (await engine.history.dashboards.get('board'))?.widgets.find((one) => one.widgetId === widgetId);
    },
  };
}

const widgetOf = (widgetId: string, liveSql: string): Widget => ({
  widgetId,
  title: widgetId,
  question: `What is ${widgetId}?`,
  liveSql,
  source: { kind: 'live', sql: liveSql },
  kind: 'table',
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 4, h: 4 },
  budget: { minutes: 30 },
});

export const rewrittenAs = (proposal: CheckedProposal, change: (sql: string) => string): CheckedProposal => ({
  ...proposal,
  ...(proposal.derivation === undefined
    ? {}
    : { derivation: { ...proposal.derivation, rewrittenSql: change(proposal.derivation.rewrittenSql) } }),
});
