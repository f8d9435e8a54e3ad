import { describe, expect, test } from 'vitest';
import type {
  CatalogFacts,
  RegisteredModel,
  RegisteredVersion,
  StableNameFacts,
} from '../../../../../electron/core/read-model/plan/catalog-facts.ts';
import { changedFacts } from '../../../../../electron/core/read-model/plan/changed-facts.ts';

const region = { name: 'region', type: 'text', collation: null };
const current: RegisteredVersion = {
  version: 1,
  state: 'current',
  liveSlot: 'a',
  definitionSql: 'select 1',
  keyColumns: ['region'],
  columns: [region],
  parents: [],
  period: null,
  planId: 'p1',
  copies: ['sales_v1_a'],
};
const building: RegisteredVersion = { ...current, version: 2, state: 'building', copies: ['sales_v2_a'] };
const model: RegisteredModel = {
  name: 'sales',
  schema: 'reporting',
  question: 'What do we sell?',
  owner: 'Controlling',
  consumers: [],
  readers: ['boss'],
  versions: [current],
};
const stableName: StableNameFacts = {
  kind: 'v',
  columns: [region],
  firstColumn: 'as_of',
  options: [],
  comment: null,
  ownedByUs: true,
  otherOwner: null,
  dependents: ['view erp.board'],
};
const rights = { createInDatabase: true, createInSchema: true, ownsSchema: true, writesRegistry: true };
const facts: CatalogFacts = {
  role: 'daybreak',
  database: 'erp',
  rights,
  model,
  stableName,
  copyNames: ['sales_v1_a'],
  copyDependents: [],
  carried: null,
  liveCopyGrants: [],
  definitionColumns: [region],
  parents: [],
  roles: [{ name: 'boss', exists: true, usesSchema: false, readsStableName: true }],
  preparation: [],
};
const changes = (now: Partial<CatalogFacts>, before: Partial<CatalogFacts> = {}) =>
  changedFacts({ schema: 'reporting', readModel: 'sales' }, { ...facts, ...before }, { ...facts, ...before, ...now });

describe('what is not as it was when a plan began', () => {
  test('what the plan itself did by then is left out', () => {
    const registered = { ...model, versions: [current, building] };
    expect(changes({ model: registered, copyNames: ['sales_v1_a', 'sales_v2_a'] })).toEqual([]);
    const nothing = { model: null, stableName: null, copyNames: [] };
    const empty = { ...nothing, rights: { ...rights, createInSchema: null, writesRegistry: null } };
    expect(changes({ rights, model: { ...model, versions: [building] } }, empty)).toEqual([]);
    // A right on the new schema may come with the defaults of its owner.
    expect(changes({ roles: [{ name: 'boss', exists: true, usesSchema: true, readsStableName: true }] })).toEqual([]);
  });

  test.each<[string, Partial<CatalogFacts>]>([
    ['reporting.sales is gone', { stableName: null }],
    ['reporting.sales was replaced by something else', { stableName: { ...stableName, kind: 'r' } }],
    [
      'reporting.sales has other columns (region text collate public."de")',
      { stableName: { ...stableName, columns: [{ ...region, collation: 'public."de"' }] } },
    ],
    [
      'it is not so any more that view erp.board reads reporting.sales',
      { stableName: { ...stableName, dependents: [] } },
    ],
    ['there is no role boss any more', { roles: [] }],
    [
      'the definition gives other columns (region varchar)',
      { definitionColumns: [{ name: 'region', type: 'varchar' }] },
    ],
    [
      'the registry says that readers of sales see version 3',
      { model: { ...model, versions: [{ ...current, version: 3 }] } },
    ],
    ['sales was suspended', { model: { ...model, suspended: { atMs: 1, by: 'anna' } } }],
  ])('%s', (says, now) => {
    expect(changes(now)).toEqual([says]);
  });
});
