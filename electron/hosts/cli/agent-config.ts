import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../../shared/model/failure.ts';

/** What `daybreak agent --config <file>` reads; what stands on the command line wins. */
export const agentConfigSchema = z.strictObject({
  /** Which server, as libpq reads it. The password is better in a passfile, in PGPASSWORD or in `passwordFile`. */
  url: z.string().min(1).optional(),
  /** A file with the password and nothing else, for its owner alone. */
  passwordFile: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  /** Where passwords are kept that are entered on a screen, for its owner alone. */
  secretsFile: z.string().min(1).optional(),
  /** Port on 127.0.0.1 for /healthz and /metrics. */
  listen: z.number().int().min(0).max(65_535).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  /** How long a stop waits for refreshes that run, s, before it hands them back. */
  graceSeconds: z.number().min(0).max(3_600).optional(),
  /** False: samples alone. */
  refresh: z.boolean().optional(),
});
export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** Throws `invalid_input` that names every wrong field, and `not_available` for a file that cannot be read. */
export async function readAgentConfig(path: string): Promise<AgentConfig> {
  const text = await readSecretFile(path, 'The configuration');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(
      {
        code: 'invalid_input',
        message: `${path} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
      },
      { cause: error },
    );
  }
  const parsed = agentConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    ({ path: at, message }) => `${at.map(String).join('.') || 'the file'}: ${message}`,
  );
  throw new Failure({ code: 'invalid_input', message: `${path} is not right: ${fields.join('; ')}.` });
}

/** The password of the first line. */
export async function readPasswordFile(path: string): Promise<string> {
  return (await readSecretFile(path, 'The password file')).split(/\r?\n/)[0] ?? '';
}

/** Refused where others can read it, as libpq refuses a passfile: it may hold a password. */
async function readSecretFile(path: string, what: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Failure({
        code: 'not_available',
        message: `${what} ${path} can be read by others, and it may hold a password.`,
        action: `chmod 600 ${path}`,
      });
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'not_available', message: `${what} ${path} cannot be read: ${reason}.` },
      { cause: error },
    );
  }
}
