/** What one request carries. */
const partBytes = 1024 * 1024;

interface FilePart {
  readonly uploadId: string;
  readonly offset: number;
  readonly base64: string;
  readonly last: boolean;
}

/** Brings a file of this window's machine to the engine, a part after the other; resolves to its path there. */
export async function sendFile(
  file: Blob,
  onSent: (share: number) => void,
  send: (part: FilePart) => Promise<{ readonly file: string | null }>,
): Promise<string> {
  const uploadId = crypto.randomUUID();
  for (let offset = 0; ; offset += partBytes) {
    const end = Math.min(offset + partBytes, file.size);
    const base64 = await asBase64(file.slice(offset, end));
    const last = end === file.size;
    const received = await send({ uploadId, offset, base64, last });
    onSent(file.size === 0 ? 1 : end / file.size);
    if (received.file !== null) return received.file;
    if (last) throw new Error('the engine took the last part of a file and names no file');
  }
}

async function asBase64(bytes: Blob): Promise<string> {
  let text = '';
  for (const byte of new Uint8Array(await bytes.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
}
