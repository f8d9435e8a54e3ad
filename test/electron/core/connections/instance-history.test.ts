import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import type { ConnectionSettings, ServerFacts } from '../../../../shared/model/connection.ts';
import { generateHistory } from '../../../support/generated-history.ts';
import { quiet, testFolder } from '../history/store.ts';

const nine = Date.UTC(2026, 10, 20, 9);
const hourMs = 3_600_000;
const settings: ConnectionSettings = {
  label: 'Invoices',
  environment: 'production',
  host: 'nowhere.invalid',
  port: 5432,
  database: 'erp',
  user: 'nobody',
  tlsMode: 'disable',
  tlsCaFile: null,
  passfile: null,
  cores: 2,
  readModelSchema: 'reporting',
};

async function engineWithHistory(hours: number): Promise<RunningEngine> {
  const profileDir = await testFolder();
  const file = join(profileDir, 'daybreak.sqlite');
  const size = { minutes: hours * 60, statements: 40, changing: 15, seed: 3 };
  generateHistory({ file, serverId: 'erp', settings, fromMs: nine - hours * hourMs, ...size });
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  return engine;
}

const lastFacts: ServerFacts = {
  versionNumber: 180_000,
  versionText: 'PostgreSQL 18.0',
  systemIdentifier: '7512345678901234567',
  inRecovery: false,
  databaseName: 'erp',
  roleName: 'nobody',
  superuser: false,
  timeZone: 'UTC',
  clockSkewMs: 0,
  statementStatisticsVersion: null,
  capabilities: [],
};

test('a connection whose history another one of its instance shows stays until that one is removed', async () => {
  const { history, servers } = await engineWithHistory(1);
  const sibling = { ...settings, label: 'Payroll', database: 'payroll' };
  await history.connections.save({ serverId: 'erp', settings, lastConnectedAtMs: null, lastFacts });
  await history.connections.save({ serverId: 'payroll', settings: sibling, lastConnectedAtMs: null, lastFacts });
  const shown = await history.samples.extent('payroll');
  expect(shown).not.toBeNull();
  await expect(servers.remove('erp', 'Invoices')).rejects.toMatchObject({
    value: {
      code: 'invalid_input',
      message: expect.stringMatching(/"Payroll" leads to the same .* nothing was removed/),
    },
  });
  expect(await history.samples.extent('payroll')).toEqual(shown);
  await servers.remove('payroll', 'Payroll');
  await servers.remove('erp', 'Invoices');
  expect(await servers.list()).toEqual([]);
});
