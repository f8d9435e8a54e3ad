import { setNonce } from 'get-nonce';

const placeholder = '__CSP_NONCE__';

/** The nonce under which this page may add `<style>` elements; undefined where the door serves no policy (development). */
export const styleNonce: string | undefined = readNonce();

function readNonce(): string | undefined {
  const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content');
  return nonce === null || nonce === undefined || nonce === '' || nonce === placeholder ? undefined : nonce;
}

/** Modals and the palette add one style through react-remove-scroll, which asks `get-nonce`. */
export function installStyleNonce(): void {
  if (styleNonce !== undefined) setNonce(styleNonce);
}
