import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretsFile, type SecretCipher } from '../../../electron/main/secrets-file.ts';
import { listeningLogger, temporaryDir } from '../../support/door.ts';

let dir: ReturnType<typeof temporaryDir>;
let file: string;
beforeEach(() => {
  dir = temporaryDir();
  file = join(dir.path, 'secrets.json');
});
afterEach(() => dir.remove());

/** The operating system's part: what one keyring encrypted, another one cannot decrypt. */
const keyring = (name: string): SecretCipher => ({
  encrypt: async (text) => Buffer.from(`${name}:${text}`).reverse(),
  async decrypt(encrypted) {
    const [by, text] = Buffer.from(encrypted).reverse().toString().split(':');
    if (by !== name) throw new Error('Error while decrypting the ciphertext provided');
    return text ?? '';
  },
});

const open = (name = 'login') => {
  const logger = listeningLogger();
  return { store: secretsFile(file, keyring(name), logger), logger };
};

describe('stored passwords', () => {
  test('outlive the process, encrypted and private', async () => {
    const { store } = open();
    await Promise.all([store.set('server:a', 'hunter2'), store.set('server:b', 'other')]);
    await store.remove('server:b');
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const later = open().store;
    expect(await later.get('server:a')).toBe('hunter2');
    expect(await later.get('server:b')).toBeNull();
  });

  test('after a reset of the keyring are unknown, said once in the log, and can be stored anew', async () => {
    await open('old').store.set('server:a', 'hunter2');
    const { store, logger } = open('new');
    expect(await store.get('server:a')).toBeNull();
    expect(logger.lines).toMatchObject([{ level: 'warn', data: { key: 'server:a' } }]);
    await store.set('server:a', 'typed again');
    expect(await store.get('server:a')).toBe('typed again');
  });

  test.each([
    ['cut off in the middle', '{"server:a": "aHVudGVyM'],
    ['of another shape', '["server:a"]'],
  ])('in a file %s are put aside, and a new file begins', async (_what, content) => {
    writeFileSync(file, content);
    const { store, logger } = open();
    expect(await store.get('server:a')).toBeNull();
    await store.set('server:b', 'other');
    expect(await store.get('server:b')).toBe('other');
    const [aside] = readdirSync(dir.path).filter((name) => name.startsWith('secrets.json.damaged-'));
    expect(readFileSync(join(dir.path, aside ?? ''), 'utf8')).toBe(content);
    expect(JSON.stringify(logger.lines)).not.toContain('aHVudGVyM');
  });

  test('that cannot be encrypted are refused, and harm nothing', async () => {
    await open().store.set('server:a', 'hunter2');
    const locked: SecretCipher = { ...keyring('login'), encrypt: () => Promise.reject(new Error('locked')) };
    const store = secretsFile(file, locked, listeningLogger());
    await expect(store.set('server:b', 'other')).rejects.toThrow('locked');
    expect(await store.get('server:a')).toBe('hunter2');
  });
});
