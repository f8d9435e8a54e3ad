import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, getCACertificates, type ConnectionOptions } from 'node:tls';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';

export const isSocketDir = (host: string): boolean => host.startsWith('/');

/** True where a connection without TLS is out of the question. */
export const requiresTls = ({ tlsMode }: ConnectionSettings): boolean => tlsMode !== 'disable' && tlsMode !== 'prefer';

/**
 * Options of TLS for libpq's `sslmode`; null where it is switched off, or the server is on a socket of this machine.
 * As in libpq, `require` with a CA file verifies like `verify-ca`. pg reads `sslmode` differently, so it never sees it.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export async function tlsOptions(settings: ConnectionSettings): Promise<ConnectionOptions | null> {
  const { host, tlsMode, tlsCaFile } = settings;
  if (tlsMode === 'disable' || isSocketDir(host)) return null;
  const verifiesCa =
    tlsMode === 'verify-ca' || tlsMode === 'verify-full' || (tlsMode === 'require' && tlsCaFile !== null);
  return {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}), // RFC 6066 allows names only
    rejectUnauthorized: verifiesCa,
    ...(verifiesCa ? { ca: await trusted(tlsCaFile) } : {}),
    checkServerIdentity: (_name, certificate) =>
      tlsMode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
  };
}

/** A CA file replaces what the system trusts, as in libpq. */
async function trusted(caFile: string | null): Promise<string[]> {
  if (caFile === null) return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  try {
    const pem = await readFile(caFile, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return [pem];
  } catch (cause) {
    throw new Failure(
      { code: 'invalid_input', message: `The CA file ${caFile} cannot be read: ${(cause as Error).message}` },
      { cause },
    );
  }
  throw new Failure({ code: 'invalid_input', message: `The CA file ${caFile} holds no certificate in PEM form.` });
}

const untrusted: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

/** What a failed handshake means, and what to do. */
export function tlsProblem(settings: ConnectionSettings, address: string, cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error('a handshake failed without an error', { cause });
  const code = 'code' in cause ? String(cause.code) : '';
  const fail = (text: string) =>
    new Failure({ code: 'tls_failed', message: `${address}: ${text}`, detail: { tlsCode: code } }, { cause });
  if (untrusted.has(code)) {
    const who =
      settings.tlsCaFile === null ? 'an authority that this machine trusts' : `those in ${settings.tlsCaFile}`;
    return fail(
      `its certificate is not signed by ${who}. Give the file of its certificate authority, or choose the mode "require" to encrypt without verifying.`,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return fail(
      `its certificate is for another name than ${settings.host}. Connect by the name in the certificate, or choose the mode "verify-ca".`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return fail(
      `its certificate ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}. Renew it at the server; check the clocks of both machines.`,
    );
  }
  return fail(`the TLS handshake failed: ${cause.message} (${code}).`);
}
