import { expect, test } from 'vitest';
import type { ServerFacts } from '../../../../shared/model/connection.ts';
import type { ExperimentRecord } from '../../../../shared/model/experiment.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { explainedBy } from '../history/explained-by.ts';
import { engineWithHistory, nine, unreachable as settings } from '../../../support/engine-with-history.ts';

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

const statement: Statement = {
  statementId: '1',
  databaseName: 'erp',
  roleName: 'reporter',
  queryid: '11',
  toplevel: true,
  text: 'select 1',
  fingerprint: 'abc',
  class: 'reporting',
  classSource: 'score',
  applicationNames: [],
  widgetId: null,
};

const experiment = (experimentId: string, serverId: string, createdAtMs: number): ExperimentRecord => ({
  experimentId,
  serverId,
  statement,
  fromMinute: 480,
  toMinute: 500,
  timeZone: 'Europe/Berlin',
  createdAtMs,
  seed: 1,
  state: 'abandoned',
  result: null,
  days: [],
});

test('two connections to one instance show the same experiments and plans, whichever of them made them', async () => {
  const { history } = await engineWithHistory(1);
  const { connections, experiments, explained: plans } = history;
  const sibling = { ...settings, label: 'Payroll', database: 'payroll' };
  // Nobody knows yet that both lead to one instance.
  await connections.save({ serverId: 'payroll', settings: sibling, lastConnectedAtMs: null, lastFacts: null });
  await experiments.save(experiment('early', 'payroll', nine));
  await plans.save('payroll', 'abc', explainedBy('payroll', 'early', nine));
  await connections.save({ serverId: 'erp', settings, lastConnectedAtMs: null, lastFacts });
  await connections.save({ serverId: 'payroll', settings: sibling, lastConnectedAtMs: null, lastFacts });
  for (const [index, serverId] of ['payroll', 'erp'].entries()) {
    await experiments.save(experiment(`of ${serverId}`, serverId, nine + index + 1));
    await plans.save(serverId, 'abc', explainedBy(serverId, `of ${serverId}`, nine + index + 1));
  }
  for (const serverId of ['payroll', 'erp']) {
    const all = ['of erp', 'of payroll', 'early'];
    expect(await experiments.list(serverId)).toMatchObject(all.map((experimentId) => ({ experimentId, serverId })));
    expect(await plans.list(serverId, 'abc', 50)).toMatchObject(all.map((explainId) => ({ explainId, serverId })));
    expect(await plans.list(serverId, 'abc', 1)).toHaveLength(1);
    expect(await plans.get(serverId, 'early')).toEqual(explainedBy(serverId, 'early', nine));
    expect(await plans.get(serverId, 'never')).toBeNull();
    await experiments.save({ ...experiment('early', serverId, nine), state: 'ended' });
  }
  expect((await experiments.list('erp')).map(({ state }) => state)).toEqual(['abandoned', 'abandoned', 'ended']);
  await connections.remove('payroll');
  expect((await experiments.list('erp')).map(({ experimentId }) => experimentId)).toContain('of payroll');
});
