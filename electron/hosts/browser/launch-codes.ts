import { randomBytes } from 'node:crypto';
import { sameSecret } from '../http/guards.ts';

/**
 * How a window gets its key: the address carries a code in its fragment (which no server and no log ever sees), the
 * page exchanges it once for a token and keeps that in `sessionStorage`. A code that was used is worthless.
 */
export interface LaunchCodes {
  issue(): string;
  /** The token for a code, once. */
  redeem(code: string): string | null;
  accepts(token: string): boolean;
}

/** Codes that nobody redeemed are forgotten beyond this many: an address printed an hour ago should still open. */
const openCodes = 16;

export function launchCodes(): LaunchCodes {
  const codes: string[] = [];
  const tokens: string[] = [];
  const secret = () => randomBytes(32).toString('base64url');
  // Every entry is compared, found or not, so that time does not tell.
  const find = (secrets: readonly string[], given: string): number =>
    secrets.reduce((found, entry, index) => (sameSecret(given, entry) ? index : found), -1);
  return {
    issue() {
      const code = secret();
      codes.push(code);
      if (codes.length > openCodes) codes.shift();
      return code;
    },
    redeem(code) {
      const index = find(codes, code);
      if (index < 0) return null;
      codes.splice(index, 1);
      const token = secret();
      tokens.push(token);
      return token;
    },
    accepts: (token) => find(tokens, token) >= 0,
  };
}
