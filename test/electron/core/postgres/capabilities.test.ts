import { describe, expect, it } from 'vitest';
import {
  factsOf,
  requireCapability,
  requireSupported,
  type Findings,
} from '../../../../electron/core/postgres/capabilities.ts';

const findings: Findings = {
  identity: {
    versionNumber: 160_004,
    versionText: 'PostgreSQL 16.4',
    systemIdentifier: '1',
    databaseName: 'ERP',
    roleName: 'anna',
    superuser: false,
    inRecovery: false,
    encoding: 'UTF8',
    timeZone: 'UTC',
  },
  extension: {
    installed: { schema: 'public', version: '1.10', columns: new Set(), hasInfo: true },
    executable: true,
    preloaded: true,
    available: true,
    track: 'top',
    computeQueryId: 'auto',
  },
  rights: {
    allStatistics: true,
    createInDatabase: true,
    registryUsable: false,
    readsSomeTable: true,
    unreadableSchemas: [],
  },
  clockSkewMs: 0,
  sessionState: true,
  machineCores: null,
};
const absent = (changes: Partial<Findings>) =>
  factsOf({ ...findings, ...changes }).capabilities.filter(({ present }) => !present);
const extension = (changes: Partial<Findings['extension']>) => ({ extension: { ...findings.extension, ...changes } });
const rights = (changes: Partial<Findings['rights']>) => ({ rights: { ...findings.rights, ...changes } });

describe('capabilities', () => {
  it('are all present where nothing is missing', () => expect(absent({})).toEqual([]));

  it.each([
    [
      'the library is not preloaded',
      extension({ installed: null, preloaded: false, executable: false, track: null }),
      'statement_statistics',
      /shared_preload_libraries[^]*restart[^]*create extension pg_stat_statements;/,
    ],
    [
      'the library is not even on the server',
      extension({ installed: null, preloaded: false, available: false, executable: false, track: null }),
      'statement_statistics',
      /install the contrib package/,
    ],
    [
      'the extension is not created',
      extension({ installed: null }),
      'statement_statistics',
      /^create extension pg_stat_statements;$/,
    ],
    [
      'the role may not call it',
      extension({ executable: false }),
      'statement_statistics',
      /^grant usage on schema public to anna;\ngrant execute/,
    ],
    [
      'it is told to track nothing',
      extension({ track: 'none' }),
      'statement_statistics',
      /pg_stat_statements\.track = 'top'/,
    ],
    [
      'query ids are switched off',
      extension({ computeQueryId: 'off' }),
      'statement_statistics',
      /compute_query_id = 'auto'/,
    ],
    [
      'statistics of others are hidden',
      rights({ allStatistics: false }),
      'all_statistics',
      /^grant pg_read_all_stats to anna;$/,
    ],
    [
      'the role may create nothing',
      rights({ createInDatabase: false }),
      'registry',
      /^grant create on database "ERP" to anna;$/,
    ],
    ['a pooler shares the backend', { sessionState: false }, 'session_state', /pool_mode = session/],
  ])('where %s, say what mends it', (_, changes, name, action) => {
    expect(absent(changes)).toEqual([
      { name, present: false, text: expect.stringMatching(/./), action: expect.stringMatching(action) },
    ]);
    expect(() => requireCapability(factsOf({ ...findings, ...changes }), 'primary')).not.toThrow();
    const facts = factsOf({ ...findings, ...changes });
    const missing = facts.capabilities.find(({ present }) => !present);
    expect(() => requireCapability(facts, missing?.name ?? 'primary')).toThrow(
      expect.objectContaining({
        value: expect.objectContaining({ code: 'capability_missing', action: missing?.action }),
      }),
    );
  });

  it('know that a replica holds no read models, whoever asks', () => {
    const replica = absent({ identity: { ...findings.identity, inRecovery: true, superuser: true } });
    expect(replica.map(({ name }) => name)).toEqual(['registry', 'primary']);
  });

  it('let a registry that exists be used without the right to create schemas', () => {
    expect(absent(rights({ createInDatabase: false, registryUsable: true }))).toEqual([]);
  });

  it.each([
    ['PostgreSQL 12.20', 120_020],
    ['CockroachDB CCL v24.1', 130_000],
    ['PostgreSQL 8.0.2 on i686, Redshift 1.0', 80_002],
  ])('refuse %s', (versionText, versionNumber) => {
    expect(() => requireSupported({ ...findings.identity, versionText, versionNumber })).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: 'unsupported_server' }) }),
    );
  });
});
