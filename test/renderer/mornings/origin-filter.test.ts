import { describe, expect, it } from 'vitest';
import { noFilter } from '../../../renderer/screens/mornings/address.ts';
import {
  filterVerdict,
  indexPasses,
  openFindingPasses,
  passing,
  queuePasses,
  statementPasses,
  transactionPasses,
} from '../../../renderer/screens/mornings/origin-filter.ts';
import { findingsCsv, findingsText } from '../../../renderer/screens/mornings/findings-text.ts';
import { matching } from '../../../renderer/screens/mornings/tabs/matching.ts';
import type { BlockingNode } from '../../../shared/model/transactions.ts';
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

describe('the other lists of a morning', () => {
  const chosen = { ...noFilter, applicationNames: ['metabase'] };

  it('pass over what was not asked for, and count it', () => {
    const statements = [metabase.statement, nightly.statement];
    expect(passing(statements, chosen, statementPasses)).toEqual({ shown: [metabase.statement], hidden: 1 });
    expect(passing(statements, noFilter, statementPasses)).toEqual({ shown: statements, hidden: 0 });
  });

  it('know a transaction by its session', () => {
    const transaction = {
      pid: 1,
      applicationName: 'metabase',
      roleName: null,
      databaseName: 'erp',
      startedAtMs: 0,
      lastSeenAtMs: 1,
      durationSeconds: 1,
      activeSeconds: 1,
      idleSeconds: 0,
      lockWaitSeconds: 0,
      blockedOthersSeconds: 0,
      xminAge: null,
      statements: [],
      open: false,
    };
    expect(transactionPasses(transaction, { ...chosen, databaseNames: ['erp'] })).toBe(true);
    expect(transactionPasses(transaction, { ...chosen, roleNames: ['etl'] })).toBe(false);
  });

  it('keep a lock queue whole of which one session was asked for, at its root or behind it', () => {
    const session = (applicationName: string, waiters: BlockingNode[] = []): BlockingNode => ({
      pid: 1,
      applicationName,
      roleName: null,
      statement: null,
      text: '',
      state: 'active',
      waitedSeconds: 1,
      waiters,
    });
    const queue = (root: BlockingNode) => ({ fromMs: 0, toMs: 1, waitedSeconds: 1, mostWaiting: 1, root });
    expect(queuePasses(queue(session('psql', [session('erp', [session('metabase')])])), chosen)).toBe(true);
    expect(queuePasses(queue(session('metabase')), chosen)).toBe(true);
    expect(queuePasses(queue(session('psql', [session('erp')])), chosen)).toBe(false);
  });

  it('know an index by the statements that use it, and an open finding also by who still runs it', () => {
    const index = {
      schema: 'public',
      table: 'sale',
      index: 'sale_day',
      sizeBytes: 1,
      scans: 1,
      usedBy: [nightly.statement, metabase.statement],
      writesPerHour: null,
      dropSql: '',
      undoSql: '',
      text: '',
    };
    expect(indexPasses(index, chosen)).toBe(true);
    expect(indexPasses({ ...index, usedBy: [nightly.statement] }, chosen)).toBe(false);
    const open = {
      fingerprint: 'f',
      statement: nightly.statement,
      cure: 'leave',
      grade: 'B',
      blameShare: 1,
      damageSeconds: 1,
      window: { fromMs: 0, toMs: 1 },
      foundAtMs: 1,
      lastRunAtMs: null,
      stillRunBy: [{ applicationName: 'metabase', roleName: 'dashboards', lastSeenAtMs: 1 }],
      state: 'open',
    } as const;
    const asRead = { ...open, window: { ...open.window }, stillRunBy: [...open.stillRunBy] };
    expect(openFindingPasses(asRead, { ...chosen, roleNames: ['dashboards'] })).toBe(true);
    expect(openFindingPasses({ ...asRead, stillRunBy: [] }, chosen)).toBe(false);
  });
});

describe('findings that leave the screen', () => {
  it('as CSV carry the window, keep what stays unexplained, and run in no spreadsheet', () => {
    const rows = findingsCsv(both, both.findings, new Map()).trimEnd().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[2]).toContain(`"'=select ""a"", 1"`);
    expect(rows[3]).toContain('unexplained');
    expect(rows[1]).toContain(',read_model,a read model,');
    const advised = findingsCsv(both, [{ ...metabase, cure: 'leave', cureText: 'raise max_wal_size' }], new Map());
    expect(advised).toContain(',leave,raise max_wal_size,');
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
