import { describe, expect, it } from 'vitest';
import type { StatementKey } from '../../../../shared/model/sampling.ts';
import { keyText } from '../../../../electron/core/sampler/deltas.ts';
import { MissingTexts } from '../../../../electron/core/sampler/missing-texts.ts';

const [one, other] = ['1', '2'].map((queryid): StatementKey => ({
  databaseOid: '5',
  roleOid: '10',
  queryid,
  toplevel: true,
})) as [StatementKey, StatementKey];
const both = new Set([one, other].map(keyText));
const alone = new Set([keyText(other)]);

describe('texts that are missing', () => {
  it('are asked for as long as the server counts their statements', () => {
    const missing = new MissingTexts();
    expect(missing.wanted([one, other], both)).toEqual([one, other]);
    expect(missing.wanted([one, other], alone)).toEqual([other]);
    expect(missing.wanted([one, other], new Set())).toEqual([]);
  });

  it('are given up after three readings that brought nothing, alone', () => {
    const missing = new MissingTexts();
    for (let tries = 0; tries < 3; tries += 1) {
      expect(missing.wanted([one], both)).toEqual([one]);
      missing.cameInVain([one]);
    }
    expect(missing.wanted([one], both)).toEqual([]);
    expect(missing.wanted([one, other], both)).toEqual([other]);
  });

  it('are asked for anew when their statement went and came back', () => {
    const missing = new MissingTexts();
    for (let tries = 0; tries < 3; tries += 1) missing.cameInVain([one]);
    expect(missing.wanted([one], both)).toEqual([]);
    expect(missing.wanted([one], alone)).toEqual([]);
    expect(missing.wanted([one], both)).toEqual([one]);
  });
});
