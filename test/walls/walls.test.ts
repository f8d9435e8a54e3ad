import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const planted: string[] = [];

/** Plants a file in the tree, lints it, and says which rules refused it. */
async function lint(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, source] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, source);
    planted.push(file);
  }
  try {
    await run(join(root, 'node_modules/.bin/oxlint'), ['--format', 'unix', ...Object.keys(files)], { cwd: root });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

afterEach(async () => {
  await Promise.all(planted.splice(0).map((file) => rm(file, { force: true })));
});

describe('each wall of the house fails the lint when it is broken', () => {
  test.each([
    [
      'the engine imports electron',
      'electron/core/zz-wall.ts',
      `import { app } from 'electron';\nexport const a = app;\n`,
    ],
    [
      'the browser door imports electron',
      'electron/hosts/zz-wall.ts',
      `import { app } from 'electron';\nexport const a = app;\n`,
    ],
    ['shared/ imports Node', 'shared/model/zz-wall.ts', `import { join } from 'node:path';\nexport const a = join;\n`],
    [
      'shared/ imports a package',
      'shared/model/zz-wall.ts',
      `import { Client } from 'pg';\nexport const a = Client;\n`,
    ],
    [
      'shared/ reaches the engine',
      'shared/model/zz-wall.ts',
      `import { entryPoint } from '../../electron/core/entry-points.ts';\nexport const a = entryPoint;\n`,
    ],
    [
      'the renderer reaches the engine',
      'renderer/stores/zz-wall.ts',
      `import { entryPoint } from '../../electron/core/entry-points.ts';\nexport const a = entryPoint;\n`,
    ],
    [
      'the renderer imports Node',
      'renderer/stores/zz-wall.ts',
      `import { join } from 'node:path';\nexport const a = join;\n`,
    ],
    [
      'a screen calls the client',
      'renderer/screens/zz-wall.ts',
      `import { client } from '../stores/client.ts';\nexport const a = client;\n`,
    ],
    [
      'a shared piece of the window calls the client',
      'renderer/app/zz-wall.ts',
      `import { client } from '../stores/client.ts';\nexport const a = client;\n`,
    ],
    [
      'diagnosis opens a file',
      'electron/core/diagnosis/zz-wall.ts',
      `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n`,
    ],
    ['diagnosis reads the clock', 'electron/core/diagnosis/zz-wall.ts', `export const a = Date.now();\n`],
    ['planning reads the clock', 'electron/core/read-model/plan/zz-wall.ts', `export const a = performance.now();\n`],
    [
      'planning connects',
      'electron/core/read-model/plan/zz-wall.ts',
      `import { openServer } from '../../postgres/connect.ts';\nexport const a = openServer;\n`,
    ],
    ['a due-decision reads the clock', 'electron/core/schedule/decide/zz-wall.ts', `export const a = Date.now();\n`],
    ['a due-decision draws lots', 'electron/core/schedule/decide/zz-wall.ts', `export const a = Math.random();\n`],
    [
      'a due-decision reads the registry',
      'electron/core/schedule/decide/zz-wall.ts',
      `import { readModels } from '../../read-model/registry/read-models.ts';\nexport const a = readModels;\n`,
    ],
    [
      'the sampler takes a session',
      'electron/core/sampler/zz-wall.ts',
      `import type { ReadonlySession } from '../postgres/session.ts';\nexport type A = ReadonlySession;\n`,
    ],
    [
      'connections send SQL',
      'electron/core/connections/zz-wall.ts',
      `export const a = (server: { withDdl(): void }) => server.withDdl();\n`,
    ],
    [
      'mornings try a statement',
      'electron/core/mornings/zz-wall.ts',
      `export const a = (server: { withExplain(): void }) => server.withExplain();\n`,
    ],
    [
      'a plan tree opens SQLite',
      'electron/core/explain/zz-wall.ts',
      `import Database from 'better-sqlite3';\nexport const a = Database;\n`,
    ],
    [
      'a door opens SQLite',
      'electron/hosts/zz-wall.ts',
      `import Database from 'better-sqlite3';\nexport const a = Database;\n`,
    ],
    [
      'a connection speaks SSH by itself',
      'electron/core/connections/zz-wall.ts',
      `import ssh2 from 'ssh2';\nexport const a = ssh2;\n`,
    ],
    ['PostgreSQL speaks SSH by itself', 'electron/core/postgres/zz-wall.ts', `export { Client } from 'ssh2';\n`],
    [
      'a door speaks SSH by itself',
      'electron/hosts/profile/zz-wall.ts',
      `import type { Client } from 'ssh2';\nexport type A = Client;\n`,
    ],
    [
      'the desktop speaks SSH by itself',
      'electron/main/zz-wall.ts',
      `import { Client } from 'ssh2';\nexport const a = Client;\n`,
    ],
    [
      'a read model speaks SSH',
      'electron/core/read-model/swap/zz-wall.ts',
      `import { Client } from 'ssh2';\nexport const a = Client;\n`,
    ],
    [
      'a tunnel sends SQL',
      'electron/core/tunnel/zz-wall.ts',
      `export const a = (server: { withRegistry(): void }) => server.withRegistry();\n`,
    ],
    [
      'the engine knows a door',
      'electron/core/connections/zz-wall.ts',
      `import { serve } from '../../hosts/cli/zz.ts';\nexport const a = serve;\n`,
    ],
  ])('%s', async (_, path, source) => {
    expect(await lint({ [path]: source })).toMatch(/no-restricted-/);
  });

  test('two files import each other', async () => {
    const report = await lint({
      'electron/core/zz-one.ts': `import { two } from './zz-two.ts';\nexport const one = () => two;\n`,
      'electron/core/zz-two.ts': `import { one } from './zz-one.ts';\nexport const two = () => one;\n`,
    });
    expect(report).toMatch(/no-cycle/);
  });

  test('what keeps to the house passes', async () => {
    expect(await lint({ 'electron/core/zz-wall.ts': `export const a = 1;\n` })).toBe('');
    const tunnel = `import { Client } from 'ssh2';\nexport const a = Client;\n`;
    expect(await lint({ 'electron/core/tunnel/zz-wall.ts': tunnel })).toBe('');
  });
});
