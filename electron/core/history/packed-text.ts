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
