import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import pg from 'pg';
import type { Logger } from '../../electron/core/ports.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { Failure, isFailure } from '../../shared/model/failure.ts';
import type { DemoConnection } from './connection.ts';
import { startEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.ts';
import { roleNames, type RoleName } from './schema/roles.ts';
import { defaultSeed, seedErp, seedVersion, type SeedProgress } from './seed/seed-erp.ts';
import { removeReachableDir } from './server/server-user.ts';
import { demoWidgets, type DemoWidget } from './widgets/widgets.ts';

/** The demo ERP, running. */
export interface DemoErp {
  /** How Daybreak connects: as the role `daybreak`, with the rights that the README asks for and no more. */
  readonly settings: ConnectionSettings;
  readonly password: string;
  /** A superuser: sets things up, breaks things in tests. */
  readonly adminConnection: DemoConnection;
  /** The ERP's own program. */
  readonly appConnection: DemoConnection;
  /** The dashboard tool. */
  readonly dashboardsConnection: DemoConnection;
  readonly server: EmbeddedServer;
  readonly widgets: readonly DemoWidget[];
  /** True when this opening loaded the data: nothing that was built on it before exists any more. */
  readonly freshlySeeded: boolean;
  /** Stops the server; the data stays for the next time. */
  stop(): Promise<void>;
}

export interface OpenDemoOptions {
  /** A folder of the profile. */
  readonly dir: string;
  /** Left out: that of the data that is there, else `usualScale`. */
  readonly scale?: number | undefined;
  readonly seed?: number;
  readonly logger?: Logger;
  readonly onProgress?: (progress: SeedProgress) => void;
  readonly signal?: AbortSignal;
  /** The data is deleted when the server stops, however it stops. */
  readonly ephemeral?: boolean;
  /** Settings of the server on top of the demo's own. */
  readonly serverSettings?: Readonly<Record<string, string>>;
  /** Another installation than the bundled one. */
  readonly binaries?: EmbeddedServerOptions['binaries'];
}

const database = 'erp';
const usualScale = 0.1;

/**
 * Starts the bundled PostgreSQL and loads the ERP where it is not there yet. Data of an earlier opening is used again
 * when it is whole, has the same scale and seed, and ends today. Fails with `cancelled` or `not_available`; then
 * nothing is left running.
 */
export async function openDemoErp(options: OpenDemoOptions): Promise<DemoErp> {
  const { dir, seed = defaultSeed, logger, onProgress, signal } = options;
  onProgress?.({ text: 'Starting the bundled PostgreSQL', fraction: 0 });
  const { ephemeral, serverSettings: settings, binaries } = options;
  const server = await startEmbeddedServer({ dir, logger, settings, signal, ephemeral, binaries });
  try {
    const { host, port, user, password } = server;
    const admin: DemoConnection = { host, port, user, password, database };
    const found = await seededAs(admin);
    const scale = options.scale ?? found?.scale ?? usualScale;
    const reuse = found !== null && found.scale === scale && found.seed === seed && found.isCurrent;
    if (!reuse) {
      await recreateDatabase({ ...admin, database: 'postgres' });
      const report = await seedErp({ connection: admin, scale, seed, onProgress, signal });
      // The load is no part of this ERP's history: a server that has just been made has none.
      await withClient(admin, (client) => client.query('select pg_stat_statements_reset()'));
      logger?.info(report, 'loaded the demo ERP');
    }
    // Derived, so that nothing but the superuser's password is kept on disk.
    const passwordOf = (role: RoleName) => createHmac('sha256', password).update(role).digest('base64url');
    await setPasswords(admin, passwordOf);
    if (signal?.aborted) throw new Failure({ code: 'cancelled', message: 'Opening the demo ERP was cancelled.' });
    const as = (role: RoleName): DemoConnection => ({ ...admin, user: role, password: passwordOf(role) });
    onProgress?.({ text: 'The demo ERP is open', fraction: 1 });
    return {
      settings: {
        label: 'Demo ERP',
        environment: 'demo',
        host,
        port,
        database,
        user: roleNames.daybreak,
        tlsMode: 'disable',
        tlsCaFile: null,
        passfile: null,
        cores: availableParallelism(),
        readModelSchema: 'reporting',
      },
      password: passwordOf(roleNames.daybreak),
      adminConnection: admin,
      appConnection: as(roleNames.app),
      dashboardsConnection: as(roleNames.dashboards),
      server,
      widgets: demoWidgets,
      freshlySeeded: !reuse,
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    if (isFailure(error)) throw error;
    throw new Failure(
      {
        code: 'not_available',
        message: `The demo ERP could not be set up: ${error instanceof Error ? error.message : String(error)}`,
      },
      { cause: error },
    );
  }
}

/** Deletes a closed demo ERP, wherever its data had to be kept. `dir`: as for `openDemoErp`. */
export const removeDemoErp = (dir: string): Promise<void> => removeReachableDir(dir);

interface Seeded {
  readonly scale: number;
  readonly seed: number;
  /** As this version would load it, and up to today. */
  readonly isCurrent: boolean;
}

/** null: it was never loaded, or not to the end. */
async function seededAs(admin: DemoConnection): Promise<Seeded | null> {
  try {
    return await withClient(admin, async (client) => {
      const { rows } = await client.query<Seeded>(
        `select scale, seed::float8 as seed, version = $1 and seeded_on = current_date as "isCurrent" from demo.seeded`,
        [seedVersion()],
      );
      return rows[0] ?? null;
    });
  } catch (error) {
    const { code } = error as { code?: string };
    // No such database, schema or table.
    if (code === '3D000' || code === '3F000' || code === '42P01') return null;
    throw error;
  }
}

async function recreateDatabase(postgres: DemoConnection): Promise<void> {
  await withClient(postgres, async (client) => {
    await client.query(`drop database if exists ${database} with (force)`);
    await client.query(`create database ${database} template template0`);
  });
  await withClient({ ...postgres, database }, async (client) => {
    await client.query('create extension pg_stat_statements');
  });
}

async function setPasswords(admin: DemoConnection, passwordOf: (role: RoleName) => string): Promise<void> {
  await withClient(admin, async (client) => {
    // Everybody who may read statistics would read the passwords in them.
    await client.query('set pg_stat_statements.track_utility = off');
    for (const role of Object.values(roleNames)) {
      const literal = client.escapeLiteral(passwordOf(role));
      await client.query(`alter role ${client.escapeIdentifier(role)} password ${literal}`);
    }
  });
}

async function withClient<T>(connection: DemoConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: 'daybreak-demo-setup' });
  client.on('error', () => undefined); // the statement in flight is rejected with the same error
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
