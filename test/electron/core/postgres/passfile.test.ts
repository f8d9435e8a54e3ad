import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { passfileState, passwordFor, passwordFromFile } from '../../../../electron/core/postgres/passfile.ts';

const question = { host: 'db1', port: 5432, database: 'erp', user: 'anna' };

describe('a passfile', () => {
  it.each([
    ['db1:5432:erp:anna:right', 'right'],
    ['*:*:*:*:right', 'right'],
    ['# db1:5432:erp:anna:comment\n\ndb2:5432:erp:anna:other\n*:5432:erp:*:right\n*:*:*:*:late', 'right'],
    ['db1:5432:erp:anna:with\\:colon and \\\\ and "quotes"', 'with:colon and \\ and "quotes"'],
    ['db1:5432:erp:anna:right\r\n', 'right'],
    ['db1:5432:erp:anna:right:rest', 'right'],
    ['db1:5433:erp:anna:wrong', null],
    ['db1:5432:erp:wrong', null],
    ['\\*:5432:erp:anna:wrong', null],
  ])('%j', (text, password) => expect(passwordFor(text, question)).toBe(password));

  it('knows a socket as localhost, or by its directory', () => {
    const socket = { ...question, host: '/var/run/postgresql' };
    expect(passwordFor('localhost:5432:erp:anna:right', socket)).toBe('right');
    expect(passwordFor('/var/run/postgresql:5432:erp:anna:right', socket)).toBe('right');
    expect(passwordFor('db1:5432:erp:anna:wrong', socket)).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('is not used, and says why, when others can read it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'daybreak-pass-')), 'pgpass');
    writeFileSync(path, '*:*:*:*:right', { mode: 0o644 });
    expect(await passwordFromFile(question, {}, path)).toBeNull();
    expect(await passfileState({ PGPASSFILE: path })).toEqual({
      path,
      usable: false,
      problem: expect.stringContaining(`chmod 0600 ${path}`),
    });
    writeFileSync(`${path}2`, '*:*:*:*:right', { mode: 0o600 });
    expect(await passwordFromFile(question, { PGPASSFILE: `${path}2` }, null)).toBe('right');
  });

  it('that is not there is none', async () => {
    expect(await passfileState({ PGPASSFILE: '/nonexistent/pgpass' })).toBeNull();
  });
});
