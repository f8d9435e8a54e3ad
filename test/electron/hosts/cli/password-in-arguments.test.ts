import { describe, expect, test } from 'vitest';
import { carriesPassword } from '../../../../electron/hosts/cli/password-in-arguments.ts';

describe('an argument of the command line', () => {
  test.each([
    '{"serverId":"a","password": "hunter2"}',
    '{"passphrase":"early morning"}',
    '{"text":"postgres://anna:hunter2@db.example/erp"}',
    'postgresql://anna:hunt/er@2@db.example:5432/erp',
    'postgresql://:hunter2@db.example',
    'postgresql://db.example/erp?user=anna&password=hunter2',
    'host=db.example password=hunter2',
    'postgresql://anna:secret@db/erp?ssh=anna@gate',
    '{"tunnelSecrets":{"anna@gate:22":"secret"}}',
  ])('carries a password: %s', (argument) => expect(carriesPassword(argument)).toBe(true));

  test.each([
    '-',
    '{"serverId":"a"}',
    '{"text":"postgres://anna@db.example:5433/erp?sslmode=require"}',
    'postgresql://db.example:5432/erp',
    'postgresql://[::1]:5432/erp',
    'host=db.example user=anna passfile=/home/anna/.pgpass',
    'postgresql://db:5432/erp?ssh=anna@gate&ssh_jump=ops@outer',
  ])('carries none: %s', (argument) => expect(carriesPassword(argument)).toBe(false));
});
