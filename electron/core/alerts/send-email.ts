import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { EmailTarget } from '../../../shared/model/alert-channel.ts';
import type { AlertMessage } from './message.ts';
import { sendTimeoutMs, type Send, type SendOutcome } from './send.ts';

/** Mails a message as plain text to one mailbox of the channel. Certificates are always checked. */
export function emailSender(
  target: EmailTarget,
  mailbox: string,
  password: string | null,
  timeoutMs = sendTimeoutMs,
): Send {
  const { host, port, security, user, from } = target;
  return async (message, signal) => {
    let ca: string | undefined;
    try {
      ca = target.caFile === null ? undefined : await readFile(target.caFile, 'utf8');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { ok: false, problem: 'tls_failed', error: `The certificates of the channel cannot be read: ${why}.` };
    }
    // Loaded here: it brings an HTTP client along, and few starts send mail.
    const { createTransport } = await import('nodemailer');
    const socket = new Socket();
    const transport = createTransport({
      socket,
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      tls: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const stop = stopped(signal, timeoutMs, () => socket.destroy());
    try {
      const sent = transport.sendMail({
        from: { name: 'Daybreak', address: from },
        to: mailbox,
        subject: message.subject,
        text: message.text,
        messageId: messageIdOf(message, mailbox),
        // Out-of-office replies to a machine help nobody (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Daybreak-Severity': message.severity },
      });
      const { response } = await Promise.race([sent, stop.aborted]);
      sent.catch(() => undefined);
      return { ok: true, detail: `${host} took it for ${mailbox}: ${response}` };
    } catch (error) {
      return notSent(error, target, mailbox, timeoutMs);
    } finally {
      transport.close();
    }
  };
}

/** The same for every attempt: mail servers and programs drop what they have seen. */
const messageIdOf = ({ messageId }: AlertMessage, mailbox: string): string =>
  `<${createHash('sha256').update(`${messageId} ${mailbox}`).digest('hex').slice(0, 32)}@daybreak.invalid>`;

class TookTooLong extends Error {}

/** `cut` comes then in any case: a server that goes on talking, also after it took the mail, keeps no line. */
function stopped(signal: AbortSignal, timeoutMs: number, cut: () => void): { readonly aborted: Promise<never> } {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined);
  const onAbort = () => {
    reject(new TookTooLong());
    cut();
  };
  if (limited.aborted) onAbort();
  limited.addEventListener('abort', onAbort, { once: true });
  return { aborted };
}

interface SmtpError extends Error {
  /** nodemailer's word for what failed: https://nodemailer.com/errors */
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME|ERR_TLS|ERR_SSL|EPROTO|ETLS/;

function notSent(
  error: unknown,
  { host, port, user, security }: EmailTarget,
  mailbox: string,
  timeoutMs: number,
): SendOutcome {
  if (!(error instanceof Error)) throw error;
  const { code = '', responseCode, response, message } = error as SmtpError;
  const address = `${host}:${port}`;
  const said = response ?? message;
  if (error instanceof TookTooLong || code === 'ETIMEDOUT') {
    const seconds = Math.round(timeoutMs / 1000);
    return {
      ok: false,
      problem: 'timeout',
      error: `The mail server ${address} did not answer within ${seconds} s.`,
    };
  }
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    const error = `The mail server ${address} refuses the login of ${user ?? 'nobody'}: ${said}. Enter the right user and password in the channel.`;
    return { ok: false, problem: 'login_failed', error };
  }
  if (certificateCodes.test(code) || certificateCodes.test(message) || /certificate|STARTTLS|TLS/.test(message)) {
    const how = security === 'starttls' ? 'STARTTLS' : 'TLS';
    const error = `No trusted encrypted connection (${how}) to the mail server ${address}: ${message}. Nothing was said to it. Mend its certificate, or name the authority that signed it in the channel.`;
    return { ok: false, problem: 'tls_failed', error };
  }
  if (responseCode !== undefined && responseCode >= 500) {
    const error = `The mail server ${address} refuses the mail to ${mailbox}: ${said}. Mend the address or the server, and send it again.`;
    return { ok: false, problem: 'refused', error };
  }
  if (responseCode !== undefined && responseCode >= 400) {
    return {
      ok: false,
      problem: 'server_error',
      error: `The mail server ${address} cannot take the mail now: ${said}.`,
    };
  }
  return {
    ok: false,
    problem: 'unreachable',
    error: `The mail server ${address} cannot be reached: ${message}. Check host and port.`,
  };
}
