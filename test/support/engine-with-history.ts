import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createEngine, type RunningEngine } from '../../electron/core/create-engine.ts';
import { nodePorts } from '../../electron/hosts/node-ports.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { quiet, testFolder } from '../electron/core/history/store.ts';
import { generateHistory } from './generated-history.ts';

/** Where the generated history ends. */
export const nine = Date.UTC(2026, 10, 20, 9);

/** Of the server 'erp', which nobody reaches. */
export const unreachable: ConnectionSettings = {
  label: 'Invoices',
  environment: 'production',
  host: 'nowhere.invalid',
  port: 5432,
  database: 'erp',
  user: 'nobody',
  tlsMode: 'disable',
  tlsCaFile: null,
  passfile: null,
  cores: 2,
  readModelSchema: 'reporting',
};

/** An engine with the last hours before nine of the server 'erp', 40 statements of which 15 run in a minute. */
export async function engineWithHistory(hours: number): Promise<RunningEngine> {
  const profileDir = await testFolder();
  const file = join(profileDir, 'daybreak.sqlite');
  const size = { minutes: hours * 60, statements: 40, changing: 15, seed: 3 };
  generateHistory({ file, serverId: 'erp', settings: unreachable, fromMs: nine - hours * 3_600_000, ...size });
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  return engine;
}
