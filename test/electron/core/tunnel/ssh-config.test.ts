import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tunnelFrom } from '../../../../electron/core/tunnel/ssh-address.ts';
import { parseSshConfig, readSshConfig } from '../../../../electron/core/tunnel/ssh-config.ts';

const config = parseSshConfig(`
# people write it in many ways
Host erp
  HostName db-gate.example
  User=anna
  Port 2222
  IdentityFile "~/.ssh/erp key"
  ProxyJump ops@jump,inner

Host jump
    hostname jump.example

Match host erp exec "test -f /tmp/away"
  User mallory

Host *.example !secret.example
  User everybody
Host *
  User fallback
`);

describe('a tunnel as it is written', () => {
  test('takes from ~/.ssh/config what it does not say itself', () => {
    expect(tunnelFrom({ ssh: 'erp' }, config, 'me')).toEqual({
      host: 'db-gate.example',
      port: 2222,
      user: 'anna',
      auth: { kind: 'key', file: '~/.ssh/erp key' },
      jumps: [
        { host: 'jump.example', port: 22, user: 'ops', auth: { kind: 'agent' } },
        { host: 'inner', port: 22, user: 'fallback', auth: { kind: 'agent' } },
      ],
      keepaliveSeconds: 15,
    });
    const own = { ssh: 'bob@erp:22', key: '/k', jump: 'none', auth: 'key' };
    expect(tunnelFrom(own, config)).toMatchObject({
      host: 'db-gate.example',
      port: 22,
      user: 'bob',
      auth: { kind: 'key', file: '/k' },
      jumps: [],
    });
  });

  test('reads addresses in all their forms', () => {
    const none = parseSshConfig('');
    const of = (ssh: string) => {
      const { user, host, port } = tunnelFrom({ ssh }, none, 'me');
      return `${user} ${host} ${port}`;
    };
    expect(of('gate')).toBe('me gate 22');
    expect(of('anna@gate:2200')).toBe('anna gate 2200');
    expect(of('ssh://anna@gate:2200')).toBe('anna gate 2200');
    expect(of('anna@[fe80::1]:2200')).toBe('anna fe80::1 2200');
    for (const broken of ['', 'a b', 'gate:', 'gate:99999', 'anna@', '-oProxyCommand=x', "gate';id"]) {
      expect(() => of(broken), broken).toThrow(
        expect.objectContaining({ value: { code: 'invalid_input', message: expect.any(String), retryable: false } }),
      );
    }
    expect(() => tunnelFrom({ ssh: 'gate', auth: 'key' }, none)).toThrow(/needs the path/);
    expect(() => tunnelFrom({ ssh: 'gate', auth: 'magic' }, none)).toThrow(/agent, key or password/);
  });

  test('a host is told by its patterns, an exception counts, the first value wins', () => {
    expect(config.names).toEqual(['erp', 'jump']);
    expect(config.entry('app.example').user).toBe('everybody');
    expect(config.entry('secret.example').user).toBe('fallback');
    expect(config.entry('erp').user).toBe('anna');
  });

  test('follows what the file includes, and does without one', () => {
    const home = mkdtempSync(join(tmpdir(), 'daybreak-home-'));
    try {
      expect(readSshConfig(home).names).toEqual([]);
      mkdirSync(join(home, '.ssh', 'conf.d'), { recursive: true });
      writeFileSync(join(home, '.ssh', 'config'), 'Include conf.d/*.conf\nInclude ~/.ssh/config\nHost last\n');
      writeFileSync(join(home, '.ssh', 'conf.d', 'a.conf'), 'Host first\n  Port 2201\n');
      const found = readSshConfig(home);
      expect(found.names).toEqual(['first', 'last']);
      expect(found.entry('first').port).toBe(2201);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
