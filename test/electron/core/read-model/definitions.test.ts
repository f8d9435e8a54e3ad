import { describe, expect, test } from 'vitest';
import { diffDefinitions } from '../../../../electron/core/read-model/definitions/diff.ts';
import { exportFiles, readFolder } from '../../../../electron/core/read-model/definitions/folder.ts';
import type { RegistryModel } from '../../../../electron/core/read-model/registry/read-registry.ts';
import { isFailure } from '../../../../shared/model/failure.ts';

const model = (changes: Partial<RegistryModel> = {}): RegistryModel => ({
  name: 'sales',
  schema: 'reporting',
  question: 'What do we sell?',
  owner: 'Controlling',
  consumers: [{ consumer: 'monthly report', owner: 'Anna', budget: { minutes: 60 } }],
  readers: ['boss'],
  refreshMode: null,
  suspended: null,
  viewOptions: null,
  versions: [
    {
      version: 3,
      state: 'current',
      liveSlot: 'a',
      definitionSql: 'select region, sum(amount) as amount\nfrom erp.invoice group by region',
      keyColumns: ['region'],
      columns: [],
      parents: [],
      period: null,
      planId: 'p',
      createdAtMs: 0,
      verification: null,
      switched: null,
      copies: [],
    },
  ],
  ...changes,
});
const only = (models: RegistryModel[], of = [model()]) =>
  diffDefinitions(readFolder(exportFiles(of)), models, new Map());
const refusalOf = (files: { path: string; text: string }[]) => {
  try {
    readFolder(files);
  } catch (error) {
    if (isFailure(error)) return error.value;
    throw error;
  }
  throw new Error('it was expected to be refused');
};

describe('a definitions folder', () => {
  test('what is exported agrees with what it was exported from', () => {
    expect(exportFiles([model()]).map(({ path }) => path)).toEqual(['daybreak.json', 'sales/v3.sql']);
    expect(only([model()])).toMatchObject([{ name: 'sales', state: 'same', changes: [], notes: [] }]);
  });

  test('a nightly budget stays one, and differs from a day', () => {
    const consumer = { consumer: 'monthly report', owner: 'Anna' };
    const nightly = model({
      consumers: [{ ...consumer, budget: { nightly: { at: '04:00', timeZone: 'Europe/Berlin' } } }],
    });
    expect(only([nightly], [nightly])).toMatchObject([{ state: 'same', changes: [] }]);
    const daily = model({ consumers: [{ ...consumer, budget: { minutes: 1440 } }] });
    expect(only([daily], [nightly])[0]?.changes).toEqual(['Consumer monthly report has another owner or budget.']);
  });

  test('a mode of refresh is set without a plan, and none is left as it is', () => {
    const wanted = [model({ refreshMode: 'side_by_side' })];
    expect(only([model()], wanted)).toMatchObject([
      {
        state: 'changed',
        needsPlan: false,
        refreshMode: 'side_by_side',
        changes: ['The refresh mode is "side_by_side" instead of "chosen by Daybreak".'],
      },
    ]);
    expect(only(wanted, wanted)[0]).toMatchObject({ state: 'same', needsPlan: false });
    expect(only(wanted, [model()])[0]).toMatchObject({ state: 'same' });
    expect(only([], wanted)).toMatchObject([{ state: 'new', needsPlan: true, refreshMode: 'side_by_side' }]);
  });

  test('a query of its own and a person’s word come from the plan that built the version, and lie in the folder', () => {
    const known = new Map([['sales', { readerSql: 'select amount from reporting.sales', unproven: true }]]);
    const files = exportFiles([model()], known);
    expect(files.map(({ path }) => path)).toEqual(['daybreak.json', 'sales/v3.sql', 'sales/v3.reader.sql']);
    expect(readFolder(files)).toMatchObject([{ readerSql: 'select amount from reporting.sales', unproven: true }]);
    expect(readFolder(exportFiles([model()]))).toMatchObject([{ readerSql: null, unproven: false }]);
  });

  test('files of earlier versions are its history', () => {
    const files = [...exportFiles([model()]), { path: 'sales/v2.sql', text: 'select 2' }];
    expect(readFolder(files)).toMatchObject([{ name: 'sales', version: 3 }]);
  });

  test('what the server has beyond it stays, and is told', () => {
    const more = model({ readers: ['boss', 'chief'] });
    expect(only([more])).toMatchObject([{ state: 'same', notes: ['The server also has: chief. They stay.'] }]);
    const other = model({ name: 'other' });
    expect(only([model(), other])).toMatchObject([{ state: 'same' }, { name: 'other', state: 'only_on_server' }]);
  });

  test('people that differ, and a suspended model, are told in words', () => {
    const [diff] = only([model({ owner: 'Sales', readers: [], suspended: { atMs: 0, by: 'vendor' } })]);
    expect(diff?.state).toBe('changed');
    expect(diff?.changes).toEqual(['The owner is "Controlling" instead of "Sales".', 'Role boss shall read it.']);
    expect(diff?.notes).toEqual(['It is suspended; its next plan resumes it.']);
  });

  test('a definition that the server refuses is refused, unless it waits for one that is not built yet', () => {
    const folder = readFolder(exportFiles([model(), model({ name: 'total' })]));
    const onSales = folder.map((one) =>
      one.name === 'total' ? { ...one, definitionSql: 'select sum(amount) as region from reporting.sales' } : one,
    );
    const refused = new Map([['total', { refused: 'relation "reporting.sales" does not exist' }]]);
    expect(diffDefinitions(onSales, [], refused).map(({ name, state }) => [name, state])).toEqual([
      ['sales', 'new'],
      ['total', 'new'],
    ]);
    expect(diffDefinitions(onSales, [model()], refused)).toMatchObject([{ state: 'same' }, { state: 'refused' }]);
  });

  test('what is wrong in it is told with its file', () => {
    expect(refusalOf([])).toMatchObject({ code: 'invalid_input', detail: { path: 'daybreak.json' } });
    expect(refusalOf([{ path: 'daybreak.json', text: '{' }]).message).toContain('it is no JSON');
    const [manifest] = exportFiles([model()]);
    if (manifest === undefined) throw new Error('an export has a manifest');
    expect(refusalOf([manifest])).toMatchObject({ detail: { path: 'sales/v3.sql' } });
    const odd = manifest.text.replace('"sales"', '"../sales"');
    expect(refusalOf([{ ...manifest, text: odd }]).message).toContain('readModels');
  });
});
