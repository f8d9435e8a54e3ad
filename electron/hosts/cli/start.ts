import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from 'node:os';
import { installation } from '../installation.ts';
import { canOpenBrowser } from './open-in-browser.ts';
import { serve } from './serve.ts';
import type { AttachOptions } from './ssh-options.ts';
import type { Stop } from './stop.ts';

export interface StartOptions extends AttachOptions {
  readonly profile?: string | undefined;
  /** Of the browser: the desktop has the keychain of its system. */
  readonly secretsFile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

/** `npm start`: the desktop app where Electron's program can be had, the same app in a browser otherwise. */
export async function start({ profile, secretsFile, logLevel, stop, ...attach }: StartOptions): Promise<number> {
  const { rootDir } = installation();
  const electron = hasDisplay() ? (electronProgram(rootDir) ?? (await fetchElectron(rootDir))) : null;
  if (electron) {
    if (secretsFile !== undefined)
      process.stderr.write(
        'The desktop window keeps passwords in the keychain of this system: --secrets-file is not used.\n',
      );
    const more = { ...inEnvironment(attach), ...(profile ? { DAYBREAK_PROFILE: profile } : {}) };
    return runDesktop(electron, rootDir, more, stop);
  }
  const why = hasDisplay() ? "Electron's program is not here and cannot be fetched" : 'there is no display here';
  process.stdout.write(`No desktop window (${why}): Daybreak opens in a browser instead.\n`);
  return serve({ profile, secretsFile, port: 0, open: canOpenBrowser(), logLevel, stop, ...attach });
}

const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** Electron 42 and later fetch their program on demand; `path.txt` says where it lies once it is there. */
function electronProgram(rootDir: string): string | null {
  const packageDir = join(rootDir, 'node_modules', 'electron');
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = join(packageDir, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const file = override ? join(override, name) : join(packageDir, 'dist', name);
  return existsSync(file) ? file : null;
}

/** Long enough for a hundred megabytes. */
const fetchTimeoutMs = 300_000;
/** A network that swallows everything must not cost minutes: who answers at all answers within this. */
const answerTimeoutMs = 4_000;

async function fetchElectron(rootDir: string): Promise<string | null> {
  const installer = join(rootDir, 'node_modules', 'electron', 'install.js');
  if (!existsSync(installer) || !(await releasesAnswer())) return null;
  process.stdout.write("Fetching Electron's program (once) ...\n");
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: fetchTimeoutMs });
  return electronProgram(rootDir);
}

/** Where Electron's installer fetches from, by its own rule (@electron/get). */
async function releasesAnswer(): Promise<boolean> {
  const releases = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/';
  try {
    await fetch(releases, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(answerTimeoutMs) });
    return true;
  } catch {
    return false;
  }
}

/** As `attachFrom` reads it: the engine below the window is a process of its own. */
function inEnvironment({ attach, sshKey, sshJump, sshAuth }: AttachOptions): NodeJS.ProcessEnv {
  const given = {
    DAYBREAK_ATTACH: attach,
    DAYBREAK_SSH_KEY: sshKey,
    DAYBREAK_SSH_JUMP: sshJump,
    DAYBREAK_SSH_AUTH: sshAuth,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function runDesktop(electron: string, rootDir: string, more: NodeJS.ProcessEnv, stop: Stop): Promise<number> {
  const env = { ...process.env, ...more };
  // Chromium refuses its sandbox to root, and says so by not starting.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', rootDir] : [rootDir];
  const child = spawn(electron, args, { stdio: 'inherit', env });
  void stop.requested.then(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
