import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentUnit } from '../../../../electron/hosts/cli/agent-unit.ts';

const unitOf = (more: Partial<Parameters<typeof agentUnit>[0]> = {}) =>
  agentUnit({ config: '/etc/daybreak/agent.json', profile: '/var/lib/daybreak', graceSeconds: 20, ...more });
const valuesOf = (unit: string, key: string): string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
/** The sections of the unit hold no other key twice than those that add up. */
const writable = (unit: string): string => valuesOf(unit, 'ReadWritePaths').join(' ');

describe('the unit of an agent', () => {
  test('leaves its profile to the folder that systemd makes', () => {
    for (const profile of ['/var/lib/daybreak', '/var/lib/daybreak/erp']) {
      const unit = unitOf({ profile });
      expect(valuesOf(unit, 'StateDirectory')).toEqual(['daybreak']);
      expect(writable(unit)).toBe('-/var/lib/daybreak');
      expect(valuesOf(unit, 'ExecStart')[0]).toContain(` --profile ${profile}`);
    }
  });

  test.each(['/srv/daybreak', '/home/anna/.local/share/daybreak', '/root/daybreak', '/var/lib/daybreak-two'])(
    'lets it write the profile %s, beside everything else that is read-only',
    (profile) => {
      const unit = unitOf({ profile });
      expect(writable(unit)).toBe(profile);
      expect(valuesOf(unit, 'StateDirectory')).toEqual([]);
      // read-only, since ReadWritePaths reaches through it, as it would not through an empty /home.
      expect([valuesOf(unit, 'ProtectSystem'), valuesOf(unit, 'ProtectHome')]).toEqual([['strict'], ['read-only']]);
      expect(unit).toContain(`install -d -m 0700 -o ${userInfo().username} ${profile}\n`);
    },
  );

  test('lets it write a file with passwords that lies elsewhere', () => {
    expect(writable(unitOf({ secretsFile: '/var/lib/daybreak/secrets.json' }))).toBe('-/var/lib/daybreak');
    expect(writable(unitOf({ secretsFile: '/srv/secrets/daybreak.json' }))).toBe('-/var/lib/daybreak /srv/secrets');
    expect(writable(unitOf({ profile: '/srv/a', secretsFile: '/srv/b/secrets.json' }))).toBe('/srv/a /srv/b');
  });

  test('says what stood on the command line, whatever it is made of', () => {
    const unit = unitOf({ profile: '/srv/100% $HOME/day "break"', more: ['--listen', '9187', '--no-refresh'] });
    expect(valuesOf(unit, 'ExecStart')[0]).toContain(
      ' --profile "/srv/100%% $$HOME/day \\"break\\"" --listen 9187 --no-refresh',
    );
    expect(writable(unit)).toBe('"/srv/100%% $HOME/day \\"break\\""');
  });

  test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('is one that systemd understands', () => {
    const dir = mkdtempSync(join(tmpdir(), 'daybreak-unit-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    for (const profile of ['/var/lib/daybreak', '/home/anna/my profile']) {
      const file = join(dir, 'daybreak-agent.service');
      writeFileSync(file, unitOf({ profile }));
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
      expect(stderr.split('\n').filter((line) => line.includes('daybreak-agent'))).toEqual([]);
    }
  });
});
