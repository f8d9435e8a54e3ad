import { createHmac } from 'node:crypto';
import { isReadable, type WebhookTarget } from '../../../shared/model/alert-channel.ts';
import type { AlertMessage } from './message.ts';
import { sendTimeoutMs, type Send, type SendOutcome } from './send.ts';

/** As much of an answer is read, for the words of a failure. */
const answerLimitBytes = 16 * 1024;
const mostRedirects = 3;

/**
 * POSTs a message as JSON, signed by the convention of https://www.standardwebhooks.com: `webhook-signature` is `v1,` and
 * the base64 HMAC-SHA256, under the channel's key, of `<webhook-id>.<webhook-timestamp>.<body>`. The id is the same for
 * every attempt to tell the same; the time is that of the attempt, in seconds, and lets a receiver refuse what is replayed.
 * A redirect is followed on the same origin alone, and only where it keeps the method. Nothing goes out in the clear.
 */
export function webhookSender(webhook: WebhookTarget, key: string, timeoutMs = sendTimeoutMs): Send {
  return async (message, signal) => {
    if (isReadable(new URL(webhook.url))) return { ok: false, problem: 'tls_failed', error: inTheClear(webhook) };
    const body = JSON.stringify(payloadOf(message));
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let target = new URL(webhook.url);
    try {
      for (let redirects = 0; ; redirects += 1) {
        const response = await fetch(target, {
          method: 'POST',
          redirect: 'manual',
          headers: signedHeaders(message, body, key),
          body,
          signal: limited,
        });
        const next = redirectOf(response, target);
        if (next === null) return await judge(response, target);
        await drop(response);
        if (typeof next === 'string' || redirects >= mostRedirects) {
          const where = typeof next === 'string' ? next : 'in circles';
          return {
            ok: false,
            problem: 'redirected',
            error: `${target.host} redirects ${where}, where a signed message does not go. Enter the address that it leads to.`,
          };
        }
        target = next;
      }
    } catch (error) {
      return brokenOff(error, target, timeoutMs);
    }
  };
}

function payloadOf({ subject, severity, over, server, serverId, sentAtMs, items, text }: AlertMessage) {
  return {
    version: 1,
    test: items.length === 0,
    subject,
    text,
    severity,
    over,
    server: serverId === null ? null : { serverId, label: server },
    sentAt: new Date(sentAtMs).toISOString(),
    episodes: items.map(({ openedAtMs, recoveredAtMs, ...item }) => ({
      ...item,
      openedAt: new Date(openedAtMs).toISOString(),
      recoveredAt: recoveredAtMs === null ? null : new Date(recoveredAtMs).toISOString(),
    })),
  };
}

function signedHeaders({ messageId, sentAtMs }: AlertMessage, body: string, key: string): Record<string, string> {
  const timestamp = String(Math.floor(sentAtMs / 1000));
  const signature = createHmac('sha256', keyBytes(key)).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Daybreak',
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Receivers make keys as `whsec_` and base64; any other text is taken as it is. */
const keyBytes = (key: string): Buffer =>
  key.startsWith('whsec_') ? Buffer.from(key.slice('whsec_'.length), 'base64') : Buffer.from(key, 'utf8');

export const inTheClear = ({ url }: WebhookTarget): string =>
  `Everybody on the way to ${new URL(url).host} could read its alerts, since it is addressed over http. Enter its address over https; http is for receivers on this machine.`;

/** Where it leads on the same origin; the host in words where it leads elsewhere; null: it does not lead on. */
function redirectOf(response: Response, from: URL): URL | string | null {
  if (response.status < 300 || response.status > 399) return null;
  const location = response.headers.get('location');
  if (location === null || !URL.canParse(location, from)) return 'to nowhere';
  const to = new URL(location, from);
  if (to.origin !== from.origin) return `to ${to.origin}`;
  return response.status === 307 || response.status === 308 ? to : `with ${response.status}, which drops the message,`;
}

async function judge(response: Response, { host }: URL): Promise<SendOutcome> {
  const { status } = response;
  if (response.ok) {
    // It has taken the message: what else it says, and for how long, is no matter.
    await drop(response);
    return { ok: true, detail: `${host} answered ${status}` };
  }
  const said = await beginningOf(response);
  const answer = `${host} answered ${status}${said === '' ? '' : `: ${said}`}.`;
  if (status >= 500 || status === 408 || status === 429) {
    const retryAfterMs = retryAfterOf(response);
    return { ok: false, problem: 'server_error', error: answer, retryAfterMs };
  }
  return {
    ok: false,
    problem: 'refused',
    error: `${answer} Mend the address or the receiver, and send it again.`,
  };
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? 'NaN');
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined && bytes < answerLimitBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.byteLength;
    }
    await reader?.cancel();
  } catch {
    // Time is up, or the line broke: its verdict stands in the status.
  }
  const text = Buffer.concat(chunks).toString('utf8').replace(/\s+/g, ' ').trim();
  return text.slice(0, 200);
}

const drop = async (response: Response): Promise<void> => response.body?.cancel().catch(() => undefined);

const tlsCodes = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;

function brokenOff(error: unknown, { host }: URL, timeoutMs: number): SendOutcome {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return {
      ok: false,
      problem: 'timeout',
      error: `${host} did not answer within ${Math.round(timeoutMs / 1000)} s.`,
    };
  }
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = codeOf(cause);
  const said = cause instanceof Error && cause.message !== '' ? cause.message : code;
  if (tlsCodes.test(code)) {
    return {
      ok: false,
      problem: 'tls_failed',
      error: `The encrypted connection to ${host} does not hold: ${said}. Mend its certificate, or have this machine trust it.`,
    };
  }
  return {
    ok: false,
    problem: 'unreachable',
    error: `${host} cannot be reached: ${said}. Check the address.`,
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
