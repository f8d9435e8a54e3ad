import { expect, test } from 'vitest';
import type { Explained } from '../../../../shared/model/explain.ts';
import { fingerprint } from '../../../../electron/core/history/fingerprint.ts';
import { explainedBy } from './explained-by.ts';
import { activityRow, keyOf, openTestHistory } from './store.ts';

const explained = (explainId: string, takenAtMs: number): Explained => explainedBy('erp', explainId, takenAtMs);

test('the newest 50 plans of a statement stay, and go with their connection', async () => {
  const history = await openTestHistory();
  const ids = Array.from({ length: 53 }, (_, index) => `e${index}`);
  for (const [index, id] of ids.entries()) await history.explained.save('erp', 'same', explained(id, index));
  await history.explained.save('erp', 'other', explained('apart', 1));
  const listed = (await history.explained.list('erp', 'same', 100)).map(({ explainId }) => explainId);
  expect(listed).toEqual(ids.toReversed().slice(0, 50));
  expect(await history.explained.get('erp', 'apart')).toEqual(explained('apart', 1));
  expect(await history.explained.get('crm', 'apart')).toBeNull();
  await history.connections.remove('erp');
  expect(await history.explained.get('erp', 'apart')).toBeNull();
});

test('texts as they were sent are found by their statement, unless another server may have sent them', async () => {
  const history = await openTestHistory();
  const sent = 'select name from customer where customer_id = 7';
  const sample = (serverId: string) =>
    history.samples.saveSample(serverId, { atMs: 1_000, rows: [activityRow({ query: sent, queryid: '7' })] });
  const same = fingerprint('select name from customer where customer_id = $1');
  await sample('erp');
  await history.samples.saveTexts('erp', [
    { key: keyOf('7'), text: 'select name from customer where customer_id = $1', databaseName: 'erp', roleName: null },
  ]);
  expect(await history.explained.sampledTexts('erp', same)).toContain(sent);
  expect(await history.explained.sampledTexts('erp', 'none')).toEqual([]);
  await sample('crm');
  expect(await history.explained.sampledTexts('erp', same)).toBeNull();
});
