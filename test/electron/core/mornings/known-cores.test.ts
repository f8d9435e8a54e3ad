import { expect, it } from 'vitest';
import { knownCores } from '../../../../electron/core/mornings/known-cores.ts';
import type { StoredConnection } from '../../../../electron/core/history/history.ts';

const connection = (cores: number | null, machineCores: number | null | undefined) => {
  const settings = { cores } as StoredConnection['settings'];
  return knownCores({ settings, lastFacts: { machineCores } as StoredConnection['lastFacts'] });
};

it('cores are what the person entered, else those of the machine where the server is on it', () => {
  expect(connection(8, 2)).toEqual({ value: 8, source: 'setting' });
  expect(connection(null, 2)).toEqual({ value: 2, source: 'estimate', thisMachine: true });
  expect(connection(null, null)).toEqual({ value: null, source: 'unknown' });
  // Facts that an older Daybreak stored.
  expect(connection(null, undefined)).toEqual({ value: null, source: 'unknown' });
});
