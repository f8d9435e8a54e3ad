import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';

export interface ProfileChoice {
  /** `--profile`; wins over everything. */
  readonly option?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

/**
 * The profile folder: `--profile`, `DAYBREAK_PROFILE`, or where the operating system wants a program's data
 * (https://specifications.freedesktop.org/basedir/latest/: a relative XDG_DATA_HOME is to be ignored).
 */
export function profileDir(choice: ProfileChoice = {}): string {
  const { option, env = process.env, platform = process.platform, home = homedir() } = choice;
  const chosen = option ?? env['DAYBREAK_PROFILE'];
  if (chosen) return resolve(chosen);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Daybreak');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Daybreak');
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'daybreak');
}

const markerFiles = ['engine.lock', 'daybreak.sqlite'];

/**
 * Makes the folder, for its owner only: history holds statement texts, which are nobody else's business.
 * Throws `Failure('storage_failed')`. A folder with other people's files in it is refused and not narrowed:
 * `--profile /tmp`, as root, must not take /tmp away from everybody.
 */
export function prepareProfileDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(dir);
    const mine = process.getuid?.() === uid;
    if (!mine) throw new Error('it belongs to another user');
    if ((mode & 0o077) === 0) return;
    const entries = readdirSync(dir);
    if (entries.length > 0 && !entries.some((entry) => markerFiles.includes(entry)))
      throw new Error('others can look into it, and it holds files that are not a profile');
    chmodSync(dir, 0o700);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      {
        code: 'storage_failed',
        message: `The profile folder ${dir} cannot be used: ${reason}. Choose another one with --profile.`,
      },
      { cause: error },
    );
  }
}
