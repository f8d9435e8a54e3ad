import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { dataSql, smallVolumes } from '../../support/ch-benchmark/data.ts';
import { analyticalQueries, refusedStatements } from '../../support/ch-benchmark/questions.ts';
import { schemaSql } from '../../support/ch-benchmark/schema.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { deriveFor, proposeQuestion } from '../../support/proposed-question.ts';
import { silent, systemClock } from './tools.ts';

/** What each of the others becomes is free. In `keptFor`, why their filters do not stay so. */
const keptFor: Readonly<Record<string, string | null>> = {
  Q2: 'no aggregate', Q9: null, Q11: 'a sub-select', Q13: null, Q15: 'no aggregate', Q16: null, Q17: null,
  Q20: 'no aggregate',
}; // prettier-ignore

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let server: Server;
  beforeAll(async () => {
    database = await createTestDatabase(testServer, { statementStatistics: false });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(schemaSql);
    await admin.query(dataSql(smallVolumes));
    await admin.query('analyze');
    const { settings, password } = database;
    server = await openServer({ serverId: 'test', settings, password, clock: systemClock, logger: silent });
  });
  afterAll(async () => {
    await server?.close();
    await admin?.end();
    await database?.drop();
  });

  test.each(analyticalQueries)(
    '$name: built, and equal on three parameter sets for readers in another time zone',
    async (question) => {
      const proposed = await proposeQuestion({ server, admin }, question);
      expect(proposed.differing).toEqual([]);
      expect(proposed.equalRows).toHaveLength(3);
      expect(Math.max(...proposed.equalRows)).toBeGreaterThan(0);
      const [number = ''] = question.name.split(' ');
      const kept = Object.hasOwn(keptFor, number);
      expect(proposed).toMatchObject({ outcome: kept ? 'frozen' : 'free', construct: keptFor[number] ?? null });
    },
  );

  test.each(refusedStatements)('$name is refused for $construct', async ({ text, construct }) => {
    expect(await deriveFor(server, text, {})).toMatchObject({ outcome: 'not_derivable', construct });
  });
});
