import { describe, expect, it } from 'vitest';
import { noFilter } from '../../../renderer/screens/mornings/address.ts';
import { filterVerdict } from '../../../renderer/screens/mornings/origin-filter.ts';
import { findingsCsv, findingsText } from '../../../renderer/screens/mornings/findings-text.ts';
import { matching } from '../../../renderer/screens/mornings/tabs/matching.ts';
import { finding, statement, verdict } from './verdict-for-tests.ts';

const metabase = finding('1', {
  statement: statement('1', { applicationNames: ['metabase'], roleName: 'dashboards' }),
});
const nightly = finding('2', {
  statement: statement('2', { applicationNames: [''], roleName: 'etl', text: '=select "a", 1' }),
  members: [statement('3', { applicationNames: ['metabase'] })],
});
const both = verdict([metabase, nightly]);

describe('a filter by origin', () => {
  it('lets everything through while nothing is chosen', () => {
    expect(filterVerdict(both, noFilter)).toMatchObject({ findings: [metabase, nightly], hiddenFindings: 0 });
  });

  it('narrows the lists, counts what it hides, and leaves every share as it is', () => {
    const shown = filterVerdict(both, { ...noFilter, roleNames: ['dashboards'] });
    expect(shown.findings).toEqual([metabase]);
    expect(shown.hiddenFindings).toBe(1);
    expect(shown.findings[0]?.blameShare).toBe(metabase.blameShare);
  });

  it('keeps a group of which one member passes, and knows applications without a name', () => {
    expect(filterVerdict(both, { ...noFilter, applicationNames: ['metabase'] }).findings).toEqual([metabase, nightly]);
    expect(filterVerdict(both, { ...noFilter, applicationNames: [''] }).findings).toEqual([nightly]);
  });
});

describe('findings that leave the screen', () => {
  it('as CSV carry the window, keep what stays unexplained, and run in no spreadsheet', () => {
    const rows = findingsCsv(both, both.findings, new Map()).trimEnd().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[2]).toContain(`"'=select ""a"", 1"`);
    expect(rows[3]).toContain('unexplained');
    expect(new Set(rows.map((row) => row.replaceAll(/"(?:[^"]|"")*"/g, 'x').split(',').length)).size).toBe(1);
  });

  it('as text say the sentence, a line a finding, and what stays unexplained', () => {
    const lines = findingsText(both, [metabase], new Map()).trimEnd().split('\n');
    expect(lines[0]).toBe(both.sentence);
    expect(lines[1]).toContain('B direct');
    expect(lines.at(-1)).toBe('- 20 % unexplained');
  });
});

describe('looking for a statement', () => {
  const all = [statement('1', { text: 'select * from Orders' }), statement('2', { roleName: 'etl', text: null })];
  const name = () => '';
  it('takes all words, in any order, from text, application, role and database', () => {
    expect(matching(all, 'orders SELECT', name)).toEqual([all[0]]);
    expect(matching(all, ' etl erp ', name)).toEqual([all[1]]);
    expect(matching(all, '  ', name)).toBe(all);
    expect(matching(all, 'orders etl', name)).toEqual([]);
  });
});
