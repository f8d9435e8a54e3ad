import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServer } from '../../support/postgres.ts';

const run = promisify(execFile);

/** Runs a script with psql as the server's superuser. Rejects with what psql said. */
export async function psql(server: TestServer, url: string, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'daybreak-psql-'));
  try {
    const file = join(folder, 'script.sql');
    await writeFile(file, script);
    const { stdout } = await run('psql', ['-X', '-q', '-f', file, url], {
      env: { ...process.env, PGPASSWORD: server.password, PGOPTIONS: '' },
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
