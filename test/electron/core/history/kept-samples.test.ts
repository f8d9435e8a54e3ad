import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareOnce } from '../../../../electron/core/history/prepared.ts';
import { createSampleReader } from '../../../../electron/core/history/read-samples.ts';
import { openReader, openWriter } from '../../../../electron/core/history/sqlite.ts';
import { createCommandRunner } from '../../../../electron/core/history/writer-commands.ts';
import { activityRow, deltaSet, keyOf, testFolder } from './store.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const secondMs = 1000;
const report = 'select sum(amount) from posting';

/** The store's own writer and reader, one call after another: what happens between two turns of a reader is chosen. */
async function writerAndReader() {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const { db } = openWriter(file, noon);
  const reading = openReader(file);
  onTestFinished(() => {
    reading.close();
    db.close();
  });
  const run = createCommandRunner(db);
  const reader = createSampleReader(prepareOnce(reading), (work) => work());
  return { run, reader };
}

const sampled = (second: number) => ({
  atMs: noon + second * secondMs,
  rows: [activityRow({ query: report, queryStartMs: noon })],
});

/** Samples knew the report by its text alone; now the statistics name it. */
const named = { key: keyOf('1'), text: report, databaseName: 'erp', roleName: 'erp_app' };

test('what was unpacked while a statement was named goes by its name with the next question', async () => {
  const { run, reader } = await writerAndReader();
  for (let second = 0; second < 500; second += 1) run('saveSample', ['erp', sampled(second)]);
  const ask = () => reader.samples('erp', noon, noon + 3_600_000);
  const ids = async (answer: ReturnType<typeof ask>) =>
    new Set((await answer).flatMap(({ rows }) => rows.map(({ row: { queryid } }) => queryid)));
  const begun = ask();
  run('saveTexts', ['erp', [named], noon + 3_600_000]);
  await Promise.all([ask(), begun]);
  expect(await ids(ask())).toEqual(new Set(['1']));
});

test('somebody who asks of two servers by turns is answered with what was unpacked before', async () => {
  const { run, reader } = await writerAndReader();
  for (const [serverId, queryid] of [
    ['erp', '1'],
    ['shop', '2'],
  ] as const) {
    run('saveSample', [serverId, sampled(0)]);
    run('saveDeltas', [serverId, deltaSet(noon, [keyOf(queryid)])]);
  }
  run('saveTexts', ['shop', [named], noon]);
  const ask = async (serverId: string) => [
    ...(await reader.samples(serverId, noon, noon + secondMs)),
    ...(await reader.deltas(serverId, noon - 60_000, noon)),
  ];
  const first = await ask('erp');
  await ask('shop');
  const again = await ask('erp');
  expect(first).toHaveLength(2);
  for (const [index, one] of again.entries()) expect(one).toBe(first[index]);
});
