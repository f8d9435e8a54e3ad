import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure, type FailureCode } from '../../../../shared/model/failure.ts';
import { readServices } from '../../../../electron/core/postgres/service-file.ts';
import { parseConnectionText } from '../../../../electron/core/postgres/uri.ts';

const noEnv = { HOME: '/nonexistent', PGUSER: 'os_user' };
const parse = (text: string, env: Record<string, string> = {}) => parseConnectionText(text, { ...noEnv, ...env });

function failureOf(work: () => unknown): { code: FailureCode; message: string } {
  try {
    work();
  } catch (error) {
    if (isFailure(error)) return error.value;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('a pasted connection text', () => {
  it.each([
    [
      'postgresql://anna:secret@db1:5433/erp?sslmode=verify-full&application_name=x',
      { host: 'db1', port: 5433, database: 'erp', user: 'anna', tlsMode: 'verify-full' },
      'secret',
    ],
    ['postgres://db1', { host: 'db1', port: 5432, database: 'os_user', user: 'os_user', tlsMode: 'prefer' }, null],
    ['postgresql://a%40b:p%3A%25@db1/e%20rp', { user: 'a@b', database: 'e rp' }, 'p:%'],
    ['postgresql://anna:p@ss/w@rd@db1/erp', { host: 'db1', user: 'anna', database: 'erp' }, 'p@ss/w@rd'],
    ['postgresql://[::1]:5433/erp', { host: '::1', port: 5433, environment: 'development' }, null],
    ['postgresql:///erp?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'erp' }, null],
    ['postgresql://anna@%2Fvar%2Frun%2Fpostgresql/erp', { host: '/var/run/postgresql', user: 'anna' }, null],
    ['jdbc:postgresql://db1/erp?user=anna&password=s&ssl=true', { host: 'db1', user: 'anna', tlsMode: 'require' }, 's'],
    [
      "host=db1 port = 5433 user='an na' password='it\\'s' dbname=erp",
      { host: 'db1', port: 5433, user: 'an na' },
      "it's",
    ],
    ['postgresql://erp.example.com/erp', { environment: 'production', label: 'erp on erp.example.com' }, null],
    ['host=db1 sslmode=verify-ca sslrootcert=/ca.pem', { tlsMode: 'verify-ca', tlsCaFile: '/ca.pem' }, null],
  ])('%s', (text, settings, password) => {
    const parsed = parse(text);
    expect(parsed.settings).toMatchObject(settings);
    expect(parsed.password).toBe(password);
  });

  it('takes from the environment what it leaves open', () => {
    const { settings, password } = parse('dbname=erp', {
      PGHOST: 'db2',
      PGPORT: '6000',
      PGPASSWORD: 'p',
      PGSSLMODE: 'require',
    });
    expect(settings).toMatchObject({ host: 'db2', port: 6000, database: 'erp', tlsMode: 'require' });
    expect(password).toBe('p');
  });

  it.each([
    ['postgresql://anna:hunter2@db1,db2/erp', 'several hosts'],
    ['host=db1,db2 password=hunter2', 'several hosts'],
    ['postgresql://anna:hunter2@db1:99999/erp', 'no port'],
    ['postgresql://anna:hunter2@db1/erp?sslmode=strict', 'sslmode'],
    ['postgresql://anna:hunter2@db1/erp?sslkey=/k', 'sslkey'],
    ['postgresql://anna:hunter2@db1/erp?hostaddr=10.0.0.1', 'hostaddr'],
    ['postgresql://anna:hunter2@db1/erp?pasword=1', 'pasword'],
    ['postgresql://anna:hunter2%zz@db1/erp', '%25'],
    ['mysql://anna:hunter2@db1/erp', 'something else'],
    ['anna:hunter2@db1', 'keyword=value'],
    ["host=db1 password='hunter2", 'keyword=value'],
    ['', 'empty'],
  ])('refuses %s, says why, and never repeats a password', (text, reason) => {
    const { code, message } = failureOf(() => parse(text));
    expect(code).toBe('invalid_input');
    expect(message).toContain(reason);
    expect(message).not.toContain('hunter2');
  });
});

describe('the service file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'daybreak-service-')), 'services.conf');
  writeFileSync(
    file,
    '# of the ERP\n[erp]\nhost=db1\nport=5433\ndbname=erp\nuser=anna\npassword=hunter2\n\n[old]\nhost=db1,db2\n',
  );
  const env = { ...noEnv, PGSERVICEFILE: file };

  it('is offered without passwords and without entries that cannot be used', () => {
    const services = readServices(env);
    expect(services).toMatchObject([{ service: 'erp', settings: { host: 'db1', port: 5433, label: 'erp' } }]);
    expect(JSON.stringify(services)).not.toContain('hunter2');
  });

  it('is used by service=, and what is written beside it wins', () => {
    const { settings, password } = parseConnectionText('service=erp dbname=test', env);
    expect(settings).toMatchObject({ host: 'db1', database: 'test', user: 'anna' });
    expect(password).toBe('hunter2');
  });

  it('names a service that is not there', () => {
    expect(failureOf(() => parseConnectionText('service=none', env))).toMatchObject({ code: 'not_found' });
  });
});
