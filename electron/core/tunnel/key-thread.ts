import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import ssh2 from 'ssh2';

/** Entry of the thread that opens one encrypted key: `openKey` says why it is one. */
export interface KeyThreadData {
  readonly content: Uint8Array;
  readonly passphrase: string;
}

/** The opened key as PEM, or why it does not open. */
export type KeyThreadAnswer = { readonly pem: string } | { readonly problem: string };

function answer({ content, passphrase }: KeyThreadData): KeyThreadAnswer {
  const parsed = ssh2.utils.parseKey(Buffer.from(content), passphrase);
  if (parsed instanceof Error) return { problem: parsed.message };
  const [key] = Array.isArray(parsed) ? parsed : [parsed];
  return key === undefined ? { problem: 'it is empty' } : { pem: key.getPrivatePEM() };
}

if (!isMainThread) parentPort?.postMessage(answer(workerData as KeyThreadData));
