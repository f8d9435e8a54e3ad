import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** SQL shrinks to about a quarter; below this length the gain is less than the work. */
const packFromBytes = 512;

export type PackedText = string | Buffer;

export function packText(text: string): PackedText {
  if (text.length < packFromBytes) return text;
  const packed = deflateRawSync(text, { level: 1 });
  return packed.length < Buffer.byteLength(text) ? packed : text;
}

export function unpackText(body: PackedText): string {
  return typeof body === 'string' ? body : inflateRawSync(body).toString('utf8');
}

/** Characters of texts that are remembered: those of 10,000 long statements. */
const mostRemembered = 16_000_000;

/**
 * As `unpackText`, for texts that every question reads again: 5,000 take 40 ms. An id may be given to another text when
 * the first one is gone, so what is packed is compared.
 */
export function rememberTexts(): (textId: number, body: PackedText) => string {
  const known = new Map<number, { readonly body: Buffer; readonly text: string }>();
  let remembered = 0;
  return (textId, body) => {
    if (typeof body === 'string') return body;
    const before = known.get(textId);
    if (before?.body.equals(body) === true) return before.text;
    const text = unpackText(body);
    if (remembered + text.length > mostRemembered) {
      known.clear();
      remembered = 0;
    }
    remembered += text.length;
    known.set(textId, { body, text });
    return text;
  };
}
