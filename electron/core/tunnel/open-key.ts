import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import ssh2, { type ParsedKey } from 'ssh2';
import { entryPoint } from '../entry-points.ts';
import type { KeyThreadAnswer, KeyThreadData } from './key-thread.ts';

export type OpenedKey =
  | { readonly key: ParsedKey }
  | { readonly problem: 'needs_passphrase' | 'wrong_passphrase' }
  | { readonly unusable: string };

/**
 * A private key from the content of its file. An encrypted one is opened on a thread of its own: its passphrase is
 * stretched in JavaScript, which took 750 to 1,450 ms on one core for ssh-keygen's default, and the engine samples
 * meanwhile.
 */
export async function openKey(content: Buffer, passphrase: string | null): Promise<OpenedKey> {
  const plain = parsed(content);
  if (!(plain instanceof Error)) return { key: plain };
  if (!/no passphrase/i.test(plain.message)) return { unusable: plain.message };
  if (passphrase === null) return { problem: 'needs_passphrase' };
  const answer = await onThread({ content, passphrase });
  if ('problem' in answer) {
    return /passphrase|integrity check|decrypt/i.test(answer.problem)
      ? { problem: 'wrong_passphrase' }
      : { unusable: answer.problem };
  }
  const opened = parsed(answer.pem);
  return opened instanceof Error ? { unusable: opened.message } : { key: opened };
}

function parsed(content: Buffer | string): ParsedKey | Error {
  const found: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(content);
  if (!Array.isArray(found)) return found;
  return (found as ParsedKey[])[0] ?? new Error('it is empty');
}

async function onThread(workerData: KeyThreadData): Promise<KeyThreadAnswer> {
  const worker = new Worker(entryPoint('ssh-key'), { workerData, name: 'ssh-key' });
  try {
    const [answer] = (await once(worker, 'message')) as [KeyThreadAnswer];
    return answer;
  } finally {
    await worker.terminate();
  }
}
