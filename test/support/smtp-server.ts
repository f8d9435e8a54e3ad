import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';

export interface SmtpOptions {
  /** Null: takes mail from everybody. */
  readonly login?: { readonly user: string; readonly password: string };
  /** 'tls': from the first byte; 'starttls': when asked. */
  readonly security?: 'tls' | 'starttls';
  readonly key?: string;
  readonly cert?: string;
  /** Says nothing at all, refuses the mailbox for good, or is in trouble. */
  readonly mood?: 'silent' | 'refuses' | 'in trouble';
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  /** Headers and body as they came, without dot stuffing. */
  readonly data: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** Logins that were tried, right or wrong. */
  readonly logins: number;
  setMood(mood: SmtpOptions['mood']): void;
  close(): Promise<void>;
}

/** A mail server on this machine that speaks as much of RFC 5321, 4954 and 3207 as a client needs. */
export async function startSmtpServer(options: SmtpOptions = {}): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const counters = { logins: 0 };
  let mood = options.mood;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (options.security === 'tls') converse(encrypt(socket, options), true);
    else converse(socket, false);
  });

  function converse(socket: Socket, encrypted: boolean, greet = true): void {
    let buffer = '';
    let mail: { from: string; to: string[] } | null = null;
    let inData = false;
    let authorized = options.login === undefined;
    let expecting: ((line: string) => void) | null = null;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    const login = (user: string, password: string) => {
      counters.logins += 1;
      authorized = user === options.login?.user && password === options.login.password;
      say(authorized ? '235 2.7.0 welcome' : '535 5.7.8 Authentication credentials invalid');
    };
    const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf8');
    const commands: Record<string, (rest: string) => void> = {
      EHLO: () => {
        const extensions = [
          'test',
          ...(options.security === 'starttls' && !encrypted ? ['STARTTLS'] : []),
          ...(options.login === undefined ? [] : ['AUTH PLAIN LOGIN']),
          '8BITMIME',
        ];
        say(extensions.map((one, index) => `250${index === extensions.length - 1 ? ' ' : '-'}${one}`).join('\r\n'));
      },
      STARTTLS: () => {
        if (options.security !== 'starttls') return say('502 5.5.1 not here');
        socket.write('220 go ahead\r\n', () => {
          socket.removeAllListeners('data');
          converse(encrypt(socket, options), true, false);
        });
      },
      AUTH: (rest) => {
        const [method, initial] = rest.split(' ');
        if (method === 'PLAIN') {
          const [, user = '', password = ''] = decoded(initial ?? '').split('\0');
          return login(user, password);
        }
        say(`334 ${Buffer.from('Username:').toString('base64')}`);
        expecting = (user) => {
          say(`334 ${Buffer.from('Password:').toString('base64')}`);
          expecting = (password) => login(decoded(user), decoded(password));
        };
      },
      MAIL: (rest) => {
        if (!authorized) return say('530 5.7.0 Authentication required');
        if (mood === 'in trouble') return say('451 4.3.0 disk is full');
        mail = { from: addressIn(rest), to: [] };
        say('250 ok');
      },
      RCPT: (rest) => {
        if (mood === 'refuses') return say('550 5.1.1 no such mailbox here');
        mail?.to.push(addressIn(rest));
        say('250 ok');
      },
      DATA: () => {
        inData = true;
        say('354 go on');
      },
      QUIT: () => socket.end('221 bye\r\n'),
      RSET: () => say('250 ok'),
      NOOP: () => say('250 ok'),
    };
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString('utf8');
      for (;;) {
        if (inData) {
          const end = buffer.indexOf('\r\n.\r\n');
          if (end < 0) return;
          const data = buffer.slice(0, end).replace(/^\.\./gm, '.');
          buffer = buffer.slice(end + 5);
          inData = false;
          if (mail !== null) received.push({ ...mail, encrypted, data });
          say(`250 2.0.0 queued as ${received.length}`);
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (expecting !== null) {
          const answer: (line: string) => void = expecting;
          expecting = null;
          answer(line);
          continue;
        }
        const [verb = '', ...rest] = line.split(' ');
        const command = commands[verb.toUpperCase()];
        if (command === undefined) say('500 what?');
        else command(rest.join(' '));
      }
    });
    socket.on('error', () => socket.destroy());
    if (greet && mood !== 'silent') say('220 test ESMTP');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get logins() {
      return counters.logins;
    },
    setMood: (next) => void (mood = next),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const encrypt = (socket: Socket, { key, cert }: SmtpOptions): TLSSocket =>
  new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key: key ?? '', cert: cert ?? '' }) });

const addressIn = (text: string): string => /<([^>]*)>/.exec(text)?.[1] ?? '';
