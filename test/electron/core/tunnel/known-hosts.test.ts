import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostKeys } from '../../../../electron/core/tunnel/host-keys.ts';
import {
  judgeHostKey,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../../electron/core/tunnel/known-hosts.ts';
import { hasSshd } from '../../../support/sshd.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIE9uZQ==';
const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIFR3bw==';
const judge = (text: string, host: string, port = 22, shown = key) =>
  judgeHostKey(parseKnownHosts(text, 'known_hosts'), knownHostName({ host, port }), shown).kind;

describe('what a known_hosts file says about a key', () => {
  test.each([
    ['a plain name', `db.example ssh-ed25519 ${key}`, 'db.example', 22, 'trusted'],
    ['names are the same in capitals', `db.example ssh-ed25519 ${key}`, 'DB.Example', 22, 'trusted'],
    [
      'one of several names, with a comment',
      `other,db.example ssh-ed25519 ${key} made by hand`,
      'db.example',
      22,
      'trusted',
    ],
    ['another port is another server', `db.example ssh-ed25519 ${key}`, 'db.example', 2222, 'unknown'],
    ['its own port', `[db.example]:2222 ssh-ed25519 ${key}`, 'db.example', 2222, 'trusted'],
    ['IPv6 on its own port', `[fe80::1]:2222 ssh-ed25519 ${key}`, 'fe80::1', 2222, 'trusted'],
    ['a pattern', `*.example ssh-ed25519 ${key}`, 'db.example', 22, 'trusted'],
    ['a pattern for one character', `db?.example ssh-ed25519 ${key}`, 'db7.example', 22, 'trusted'],
    ['a dot is no pattern', `db.example ssh-ed25519 ${key}`, 'dbxexample', 22, 'unknown'],
    ['an exception from a pattern', `*.example,!db.example ssh-ed25519 ${key}`, 'db.example', 22, 'unknown'],
    ['another key', `db.example ssh-ed25519 ${other}`, 'db.example', 22, 'changed'],
    [
      'another key and this one',
      `db.example ssh-ed25519 ${other}\ndb.example ssh-ed25519 ${key}`,
      'db.example',
      22,
      'trusted',
    ],
    ['a key of another kind only', 'db.example ssh-rsa AAAAB3NzaC1yc2E=', 'db.example', 22, 'changed'],
    [
      'revoked wins over known',
      `db.example ssh-ed25519 ${key}\n@revoked * ssh-ed25519 ${key}`,
      'db.example',
      22,
      'revoked',
    ],
    ['another key that is revoked says nothing', `@revoked * ssh-ed25519 ${other}`, 'db.example', 22, 'unknown'],
    [
      'an authority is no key of the server',
      `@cert-authority *.example ssh-ed25519 ${key}`,
      'db.example',
      22,
      'unknown',
    ],
    [
      'a marker of the future is not taken for trust',
      `@maybe db.example ssh-ed25519 ${key}`,
      'db.example',
      22,
      'unknown',
    ],
    [
      'comments, empty and broken lines',
      `# db.example ssh-ed25519 ${key}\n\ndb.example\n`,
      'db.example',
      22,
      'unknown',
    ],
  ])('%s', (_, text, host, port, expected) => {
    expect(judge(text, host, port)).toBe(expected);
  });

  test.skipIf(!hasSshd)('names that OpenSSH has hashed', () => {
    const dir = mkdtempSync(join(tmpdir(), 'daybreak-known-'));
    try {
      const file = join(dir, 'known_hosts');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
      const [type = '', made = ''] = readFileSync(join(dir, 'key.pub'), 'utf8').split(' ');
      writeFileSync(file, `db.example ${type} ${made}\n[db.example]:2222 ${type} ${made}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      const text = readFileSync(file, 'utf8');
      expect(text).not.toContain('db.example');
      expect(judge(text, 'db.example', 22, made)).toBe('trusted');
      expect(judge(text, 'db.example', 2222, made)).toBe('trusted');
      expect(judge(text, 'db.example', 22)).toBe('changed');
      expect(judge(text, 'app.example', 22, made)).toBe('unknown');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('the kinds that are known of a server, for asking for them first', () => {
    const text = `*.example ssh-rsa AAAA\ndb.example ssh-ed25519 ${key}\n@cert-authority * ecdsa-sha2-nistp256 AAAA`;
    expect(knownKeyTypes(parseKnownHosts(text, 'known_hosts'), 'db.example')).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });
});

describe('the words of a refusal', () => {
  const verify = async (text: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'daybreak-known-'));
    try {
      writeFileSync(join(dir, 'known_hosts'), text);
      const known = hostKeys({ own: join(dir, 'own'), others: [join(dir, 'known_hosts')] });
      return await known.verify({ host: 'db.example', port: 22 }, Buffer.from(key, 'base64'));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };

  test('name the line that revokes a key', async () => {
    await expect(verify(`\n@revoked db.example ssh-ed25519 ${key}`)).rejects.toMatchObject({
      value: { code: 'host_key_changed', message: expect.stringMatching(/known_hosts, line 2 marks as revoked/) },
    });
  });

  test('say that a certificate authority is not checked', async () => {
    await expect(verify(`@cert-authority *.example ssh-ed25519 ${other}`)).rejects.toMatchObject({
      value: {
        code: 'host_key_unknown',
        message: expect.stringMatching(/certificate authority, which Daybreak cannot/),
      },
    });
  });
});
