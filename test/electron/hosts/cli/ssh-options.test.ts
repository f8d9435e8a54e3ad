import { describe, expect, test } from 'vitest';
import { parseConnectionText } from '../../../../electron/core/postgres/uri.ts';
import { withSsh } from '../../../../electron/hosts/cli/ssh-options.ts';

const options = { ssh: 'anna@gate:2200', sshKey: "/keys/o'hara key", sshJump: 'ops@outer', sshAuth: 'key' };
const parsed = (text: string) => parseConnectionText(text, { HOME: '/nonexistent' }).settings.tunnel;

describe('the options of a tunnel', () => {
  test.each([
    ['a URI', 'postgresql://daybreak@db:5432/erp'],
    ['a URI with parameters', 'postgresql://daybreak@db/erp?sslmode=disable'],
    ['a JDBC address', 'jdbc:postgresql://db/erp?user=daybreak'],
    ['keywords', 'host=db dbname=erp user=daybreak'],
  ])('become part of %s', (_, url) => {
    expect(withSsh(url, {})).toBe(url);
    expect(withSsh(url, { sshKey: '/unused' })).toBe(url);
    expect(parsed(withSsh(url, options))).toEqual({
      host: 'gate',
      port: 2200,
      user: 'anna',
      auth: { kind: 'key', file: "/keys/o'hara key" },
      jumps: [{ host: 'outer', port: 22, user: 'ops', auth: { kind: 'key', file: "/keys/o'hara key" } }],
      keepaliveSeconds: 15,
    });
  });

  test('a connection text that names half a tunnel says what is missing', () => {
    expect(() => parsed('host=db user=daybreak ssh_key=/k')).toThrow(/ssh_key needs ssh=user@host/);
    expect(parsed('host=db user=daybreak')).toBeUndefined();
  });

  test('behind a tunnel, localhost is somebody else’s production', () => {
    const { settings } = parseConnectionText('postgresql://d@localhost/erp?ssh=anna@gate', { HOME: '/nonexistent' });
    expect(settings).toMatchObject({ environment: 'production', label: 'erp on localhost via gate' });
  });
});
