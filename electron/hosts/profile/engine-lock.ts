import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Failure } from '../../../shared/model/failure.ts';

/**
 * One engine per profile: `engine.lock` (0600) says which process holds it, where it answers and with which token.
 * The file appears whole or not at all (written beside, then linked: link(2) fails when the name exists), so a
 * reader never sees half of one. It is stale when its process is gone or its address answers as somebody else;
 * then exactly one contender wins the claim to remove exactly that lock (see `claim`).
 */
export const engineRecordSchema = z.object({
  instance: z.string(),
  pid: z.number().int(),
  /** 'http://127.0.0.1:<port>' */
  address: z.string(),
  token: z.string(),
});
export type EngineRecord = z.infer<typeof engineRecordSchema>;

/** What the address of a lock answered. `silent`: it is connected and says nothing: a stopped or overloaded engine. */
export type EngineSign = 'alive' | 'gone' | 'silent';

export type LockOutcome =
  { readonly kind: 'held'; release(): void } | { readonly kind: 'running'; readonly engine: EngineRecord };

export interface LockOptions {
  readonly dir: string;
  readonly mine: EngineRecord;
  readonly probe: (engine: EngineRecord) => Promise<EngineSign>;
}

export const lockName = 'engine.lock';
const retryMs = 50;
/** A stale lock is taken over in milliseconds; whoever waits longer than this waits for a contender that hangs. */
const attempts = 200;

/** Takes the profile, or tells who has it. Throws `Failure('busy')` when the holder lives but does not answer. */
export async function lockProfile({ dir, mine, probe }: LockOptions): Promise<LockOutcome> {
  const path = join(dir, lockName);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (place(dir, path, mine)) return { kind: 'held', release: () => release(path, mine.instance) };
    const found = read(path);
    if (found === null) continue;
    if (found.record !== null) {
      const sign = isProcess(found.record.pid) ? await probe(found.record) : 'gone';
      if (sign === 'alive') return { kind: 'running', engine: found.record };
      if (sign === 'silent') throw silentEngine(found.record, path);
    }
    if (!claim(dir, path, found.identity)) await delay(retryMs);
  }
  throw new Failure({
    code: 'busy',
    message: `Another start of Daybreak is taking over the profile ${dir} and does not finish. Try again.`,
    retryable: true,
  });
}

/** Who holds the profile according to its lock file, alive or not; null when nobody does. */
export function lockHolder(dir: string): EngineRecord | null {
  return read(join(dir, lockName))?.record ?? null;
}

function place(dir: string, path: string, record: EngineRecord): boolean {
  const draft = join(dir, `.${lockName}.${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

interface FoundLock {
  /** Names this very lock, also when its content is not ours. */
  readonly identity: string;
  readonly record: EngineRecord | null;
}

function read(path: string): FoundLock | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const identity = createHash('sha256').update(text).digest('hex').slice(0, 32);
  try {
    return { identity, record: engineRecordSchema.parse(JSON.parse(text)) };
  } catch {
    // Not written by us: link(2) places whole files only. It holds nobody.
    return { identity, record: null };
  }
}

/**
 * Removes the stale lock `identity`, if this process wins the right to. Without a claim, of two contenders that both
 * saw the stale lock the slower one would remove the lock that the faster one has just placed. A claim is a file
 * made exclusively; it names its maker, and when that one died in the middle the next number can be claimed. True:
 * try again at once.
 */
function claim(dir: string, path: string, identity: string): boolean {
  const prefix = `.${lockName}.claim-${identity}-`;
  const earlier = readdirSync(dir).filter((name) => name.startsWith(prefix));
  for (const name of earlier) {
    const pid = Number(readIfThere(join(dir, name)) ?? 'NaN');
    if (isProcess(pid)) return false;
  }
  const mine = join(dir, `${prefix}${earlier.length}`);
  const draft = join(dir, `.${lockName}.${randomUUID()}`);
  writeFileSync(draft, String(process.pid), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, mine);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  if (read(path)?.identity === identity) rmSync(path, { force: true });
  for (const name of [...earlier, `${prefix}${earlier.length}`]) rmSync(join(dir, name), { force: true });
  return true;
}

function release(path: string, instance: string): void {
  if (read(path)?.record?.instance === instance) rmSync(path, { force: true });
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A signal 0 is delivered to nobody; EPERM says that the process is there and somebody else's. */
export function isProcess(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const silentEngine = (engine: EngineRecord, path: string): Failure =>
  new Failure({
    code: 'busy',
    message: `The engine of this profile (process ${engine.pid}) runs but does not answer. Wait, or end that process and start again.`,
    detail: { pid: engine.pid, address: engine.address, lockFile: path },
    retryable: true,
  });
