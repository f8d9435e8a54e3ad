import { join } from 'node:path';
import { expect } from '@playwright/test';
import pg from 'pg';
import { startEmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { CheckedProposal, Execution, Plan } from '../../../shared/model/read-model.ts';
import { generateHistory } from '../../support/generated-history.ts';
import { call } from './doors.ts';

/** A small ERP with sampled nights and mornings behind it, and no read model yet. */
export interface ScheduleErp {
  readonly serverId: string;
  readonly sql: pg.Client;
  connect(): Promise<void>;
  /** Builds a read model as a person would, through the contract. */
  build(readModel: string, budgetMinutes: number): Promise<void>;
  close(): Promise<void>;
}

const sampledMinutes = 10 * 60;

export async function openScheduleErp(profile: string): Promise<ScheduleErp> {
  const server = await startEmbeddedServer({
    dir: join(profile, 'database'),
    settings: { fsync: 'off', synchronous_commit: 'off', shared_buffers: '32MB' },
  });
  const { host, port, user, password } = server;
  const sql = new pg.Client({ host, port, user, password, database: 'postgres' });
  await sql.connect();
  await sql.query(`create schema erp; create schema reporting;
    create table erp.invoice as select n, n % 7 as region, n * 3.5 as amount from generate_series(1, 5000) n;
    analyze erp.invoice;`);
  const serverId = 'erp';
  const settings: ConnectionSettings = {
    label: 'erp-prod',
    environment: 'production',
    host,
    port,
    database: 'postgres',
    user,
    tlsMode: 'disable',
    tlsCaFile: null,
    passfile: null,
    cores: 4,
    readModelSchema: 'reporting',
  };
  const fromMs = Math.floor(Date.now() / 60_000 - sampledMinutes) * 60_000;
  const size = { minutes: sampledMinutes, statements: 20, changing: 6, seed: 5 };
  generateHistory({ file: join(profile, 'daybreak.sqlite'), serverId, settings, fromMs, ...size });
  return {
    serverId,
    sql,
    connect: async () => void (await call(profile, 'connections.connect', { serverId, password })),
    async build(readModel, budgetMinutes) {
      const proposal = await call<CheckedProposal>(profile, 'readModels.propose', {
        serverId,
        from: { kind: 'sql', sql: 'select region, sum(amount) as amount from erp.invoice group by region' },
        edits: {
          name: readModel,
          question: `What is in ${readModel}?`,
          owner: 'Controlling',
          keyColumns: ['region'],
          consumers: [{ consumer: `report ${readModel}`, owner: 'Controlling', budget: { minutes: budgetMinutes } }],
        },
      });
      const plan = await call<Plan>(profile, 'readModels.plan', { serverId, proposal, unproven: true });
      const { planId, planHash } = plan;
      await call<Execution>(profile, 'readModels.apply', { serverId, planId, planHash, confirm: plan.readModel });
      const state = async () =>
        (await call<{ execution: Execution | null }>(profile, 'readModels.getPlan', { serverId, planId })).execution
          ?.state;
      await expect.poll(state, { timeout: 30_000 }).toBe('done');
    },
    close: async () => {
      await sql.end().catch(() => undefined);
      await server.stop();
    },
  };
}
