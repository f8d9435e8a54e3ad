import { describe, expect, it } from 'vitest';
import { emphasized } from '../../../renderer/screens/mornings/emphasis.ts';
import { cureOf, noFindingsWords, slowerText } from '../../../renderer/screens/mornings/words.ts';
import { condensed, nameOf } from '../../../renderer/screens/mornings/statement-name.ts';
import type { Statement } from '../../../shared/model/statement.ts';

const statement = (part: Partial<Statement>): Statement => ({
  statementId: 's1',
  databaseName: 'erp',
  roleName: 'metabase',
  queryid: '-42',
  toplevel: true,
  text: 'select 1',
  fingerprint: 'f',
  class: 'reporting',
  classSource: 'score',
  applicationNames: [],
  widgetId: null,
  ...part,
});

describe('a statement is called', () => {
  it('by the widget of the machine where a capture was taken', () => {
    const captured = statement({ widgetId: 'w1', widgetTitle: 'Monthly sales' });
    expect(nameOf(captured, new Map()).name).toBe('Monthly sales');
    expect(nameOf(captured, new Map([['w1', 'Sales, renamed']])).name).toBe('Sales, renamed');
  });

  it('by the widget that runs it', () => {
    expect(nameOf(statement({ widgetId: 'w1' }), new Map([['w1', 'Monthly sales']]))).toEqual({
      name: 'Monthly sales',
      isSql: false,
    });
  });

  it('else by its text on one line without comments', () => {
    const text = '/* app=x */ select a, -- the a\n   b\n from t';
    expect(nameOf(statement({ text }), new Map())).toEqual({ name: 'select a, b from t', isSql: true });
    expect(condensed('x'.repeat(500))).toHaveLength(160);
  });

  it('else by what is known of it', () => {
    expect(nameOf(statement({ text: null }), new Map()).name).toBe('query -42');
    expect(nameOf(statement({ text: null, queryid: null }), new Map()).name).toBe('text not seen yet');
  });
});

it('a victim is said to be slower only where it is', () => {
  expect([slowerText(26, 2), slowerText(1.5, 2), slowerText(1, 0)]).toEqual(['13 times', 'not on average', '–']);
});

it('an empty list of findings acquits nobody where nothing was measured', () => {
  expect(noFindingsWords('not_enough_data')).toContain('too little data');
  expect(noFindingsWords('no_damage')).toContain('Nobody was made to wait');
  expect(noFindingsWords('unexplained')).toBe('No suspect was active while the victims waited.');
});

describe('what would help', () => {
  it('is the kind of cure, with its reason', () => {
    expect(cureOf({ cure: 'index' })).toMatchObject({ short: 'an index', reason: expect.stringContaining('blocks') });
  });

  it('is what the finding says where none of the kinds helps', () => {
    const cureText = 'spread checkpoints: raise max_wal_size';
    expect(cureOf({ cure: 'leave', cureText })).toEqual({ short: 'see why', reason: cureText });
  });
});

describe('a verdict', () => {
  const sentence =
    'Between 07:52 and 08:21 saving an invoice took 13 times longer (2.0 ms instead of 26 ms); 71 % of the damage comes from 4 queries.';

  it('lets its figures stand out', () => {
    const strong = emphasized(sentence).filter((piece) => piece.strong);
    expect(strong.map(({ text }) => text)).toEqual([
      '07:52',
      '08:21',
      '13 times longer',
      '2.0 ms',
      '26 ms',
      '71 %',
      '4 queries',
    ]);
  });

  it('keeps what was and what is together', () => {
    const strong = emphasized('took longer (2.5 → 325 ms, 5,886 saves); 950 ms → 1.2 s').filter(
      (piece) => piece.strong,
    );
    expect(strong.map(({ text }) => text)).toEqual(['2.5 → 325 ms', '950 ms → 1.2 s']);
  });

  it('loses not a character', () => {
    for (const text of [sentence, '', '7 %', 'nothing to see']) {
      expect(
        emphasized(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });
});
