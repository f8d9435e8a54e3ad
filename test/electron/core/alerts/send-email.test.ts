import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, describe, expect, test } from 'vitest';
import { composeMessage } from '../../../../electron/core/alerts/message.ts';
import { emailSender } from '../../../../electron/core/alerts/send-email.ts';
import type { EmailTarget } from '../../../../shared/model/alert-channel.ts';
import { startSmtpServer, type SmtpOptions } from '../../../support/smtp-server.ts';
import { delivery, mailbox, seven, someMessage, storedEpisode } from './some-alerts.ts';

const certificates = join(import.meta.dirname, '../../../postgres/connect/certificates');
const pair = {
  key: readFileSync(join(certificates, 'server.key'), 'utf8'),
  cert: readFileSync(join(certificates, 'server.pem'), 'utf8'),
};
const signal = new AbortController().signal;
const known = [
  'From',
  'To',
  'Subject',
  'Message-ID',
  'Date',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Auto-Submitted',
  'X-Daybreak-Severity',
];
const login = { user: 'daybreak', password: 'right' };

async function post(options: SmtpOptions, changes: Partial<EmailTarget> = {}, password: string | null = 'right') {
  const server = await startSmtpServer(options);
  onTestFinished(() => server.close());
  const target: EmailTarget = {
    kind: 'email',
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    caFile: null,
    user: null,
    from: 'daybreak@example.com',
    to: ['dba@example.com'],
    ...changes,
  };
  return { server, target, send: emailSender(target, 'dba@example.com', password, 1_000) };
}

describe('a mail', () => {
  test('arrives as plain text with a subject, and with the same id at every attempt', async () => {
    const { server, send } = await post({ login }, { user: 'daybreak' });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: true });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: true });
    const [first, second] = server.received;
    expect(first).toMatchObject({ from: 'daybreak@example.com', to: ['dba@example.com'] });
    expect(first?.data).toContain('Subject: Invoices: sales is older than its budget');
    expect(first?.data).toContain('Content-Type: text/plain; charset=utf-8');
    expect(first?.data).toContain('\r\n.\r\nA line of one dot stays.');
    const idOf = (data: string | undefined) => /^Message-ID: (.*)$/im.exec(data ?? '')?.[1];
    expect(idOf(first?.data)).toMatch(/^<[0-9a-f]{32}@/);
    expect(idOf(second?.data)).toBe(idOf(first?.data));
  });

  test.each(['\r\n', '\n', '\r', '\u2028', '\r\n\r\n'])(
    'cannot be given headers of its own by names with %j',
    async (end) => {
      const { server, send } = await post({});
      const evil = (name: string) => `${name}${end}Bcc: everybody@example.com${end}X-Evil: yes`;
      const episode = storedEpisode({ subject: evil('sales'), owner: evil('Controlling'), text: evil('It is late.') });
      const acknowledged = { by: evil('anna'), atMs: seven };
      const parcel = {
        destination: mailbox({ label: evil('dba') }),
        items: [{ delivery: delivery(episode), episode: { ...episode, acknowledged } }],
      };
      const message = composeMessage(parcel, { serverId: 'erp', label: evil('Invoices') }, seven, 0);
      // The registry is written by others, too.
      const severity = evil('warning') as typeof message.severity;
      expect(await send({ ...message, severity }, signal)).toMatchObject({ ok: true });
      const [mail] = server.received;
      expect(mail?.to).toEqual(['dba@example.com']);
      const headers = (mail?.data.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
      expect(
        headers
          .split(/[\r\n\u2028]+/)
          .map((line) => /^([A-Za-z-]+): /.exec(line)?.[1])
          .toSorted(),
      ).toEqual([...known].toSorted());
    },
  );

  test('to a server that drips is cut off when its time is up', async () => {
    const dripping = createServer((socket) => {
      socket.write('220 test ESMTP\r\n');
      const drops = setInterval(() => socket.write('250-still here\r\n'), 20);
      socket.on('close', () => clearInterval(drops)).on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void dripping.close());
    const { port } = dripping.address() as AddressInfo;
    const { target } = await post({});
    const send = emailSender({ ...target, port }, 'dba@example.com', null, 300);
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'timeout' });
    const open = () => new Promise<number>((resolve) => dripping.getConnections((_error, count) => resolve(count)));
    await expect.poll(open, { timeout: 5_000 }).toBe(0);
  });

  test.each(['tls', 'starttls'] as const)('goes over %s where the authority is named', async (security) => {
    const target = { security, host: 'localhost', caFile: join(certificates, 'ca.pem'), user: 'daybreak' };
    const { server, send } = await post({ security, ...pair, login }, target);
    expect(await send(someMessage(), signal)).toMatchObject({ ok: true });
    expect(server.received[0]?.encrypted).toBe(true);
  });

  test.each(['tls', 'starttls'] as const)(
    'says nothing over %s to a server that nobody vouches for',
    async (security) => {
      const { server, send } = await post(
        { security, ...pair, login },
        { security, host: 'localhost', user: 'daybreak' },
      );
      expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'tls_failed' });
      expect(server.logins).toBe(0);
    },
  );

  test('that wants STARTTLS does not go in the clear where the server offers none', async () => {
    const { server, send } = await post({ login }, { security: 'starttls', user: 'daybreak' });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'tls_failed' });
    expect(server.logins).toBe(0);
    expect(server.received).toEqual([]);
  });

  test('with a wrong password is a login that failed, and does not tell the password', async () => {
    const { send } = await post({ login }, { user: 'daybreak' }, 'wr0ng-secret');
    const outcome = await send(someMessage(), signal);
    expect(outcome).toMatchObject({ ok: false, problem: 'login_failed' });
    expect(JSON.stringify(outcome)).not.toContain('wr0ng-secret');
  });

  test.each([
    ['refuses', 'refused'],
    ['in trouble', 'server_error'],
    ['silent', 'timeout'],
  ] as const)('to a server that %s ends as %s', async (mood, problem) => {
    const { send } = await post({ mood });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem });
  });

  test('to a server that is down is unreachable', async () => {
    const { server, send } = await post({});
    await server.close();
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'unreachable' });
  });
});
