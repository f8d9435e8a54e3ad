import { inflateSync } from 'node:zlib';

export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row. */
  readonly pixels: Buffer;
  /** RGBA of a pixel as one number. */
  at(x: number, y: number): number;
  /** How many pixels have each colour. */
  colors(): ReadonlyMap<number, number>;
}

/** An 8-bit RGBA PNG without interlacing (PNG specification, 9: filtering). Throws for any other file. */
export function readPng(bytes: Uint8Array): PngPicture {
  const file = Buffer.from(bytes);
  if (file.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG signature');
  const parts: Buffer[] = [];
  let head: Buffer | null = null;
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') head = body;
    if (type === 'IDAT') parts.push(body);
    at += 12 + length;
  }
  if (head === null || head[8] !== 8 || head[9] !== 6 || head[12] !== 0) throw new Error('no plain RGBA PNG');
  const width = head.readUInt32BE(0);
  const height = head.readUInt32BE(4);
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * 4;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < 4 ? 0 : (pixels[y * stride + x - 4] ?? 0);
      const up = y === 0 ? 0 : (pixels[(y - 1) * stride + x] ?? 0);
      const upLeft = x < 4 || y === 0 ? 0 : (pixels[(y - 1) * stride + x - 4] ?? 0);
      const value = raw[y * (stride + 1) + 1 + x] ?? 0;
      pixels[y * stride + x] = (value + predicted(filter, left, up, upLeft)) & 255;
    }
  }
  return {
    width,
    height,
    pixels,
    at: (x, y) => pixels.readUInt32BE(y * stride + x * 4),
    colors() {
      const counts = new Map<number, number>();
      for (let at = 0; at < pixels.length; at += 4) {
        const color = pixels.readUInt32BE(at);
        counts.set(color, (counts.get(color) ?? 0) + 1);
      }
      return counts;
    },
  };
}

function predicted(filter: number | undefined, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const estimate = left + up - upLeft;
      const byLeft = Math.abs(estimate - left);
      const byUp = Math.abs(estimate - up);
      const byUpLeft = Math.abs(estimate - upLeft);
      if (byLeft <= byUp && byLeft <= byUpLeft) return left;
      return byUp <= byUpLeft ? up : upLeft;
    }
    default:
      throw new Error(`there is no filter ${filter}`);
  }
}
