import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { chromiumArgs, findChromium } from '../../support/browser.ts';
import { callByName, checkInput, findProcedure } from '../../../electron/hosts/cli/procedures.ts';
import { askEngine, engineClient } from '../../../electron/hosts/profile/engine-client.ts';
import { lockHolder } from '../../../electron/hosts/profile/engine-lock.ts';
import { Failure, type Reply } from '../../../shared/model/failure.ts';
import { daybreak, printed } from '../../support/cli.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const size = { width: 1440, height: 900 };

/** The product behind one door: a page to click on, and its profile. */
export interface OpenDoor {
  readonly page: Page;
  readonly profile: string;
  /** What the window told outside of the page: dialogs and notifications. */
  readonly told: readonly { readonly standIn: string; readonly title: string; readonly body: string }[];
  /** Ends the app as a person does; resolves to its exit code. */
  quit(): Promise<number | null>;
}

/** What `daybreak call` answers beside the open door: its engine is asked from here, which needs no second process. */
export async function call<T>(profile: string, procedure: string, input: object = {}): Promise<T> {
  const engine = lockHolder(profile);
  const answer = engine === null ? null : await askEngine(engine);
  if (engine === null || answer?.sign !== 'alive' || answer.state !== 'ready') {
    return callApart(profile, procedure, input);
  }
  const named = findProcedure(procedure);
  const never = new AbortController().signal;
  const reply = (await callByName(engineClient(engine), named, checkInput(named, input), never)) as Reply<T>;
  if (!reply.ok) throw new Failure(reply.error);
  return reply.value;
}

/** `daybreak call` as a person types it: a process that attaches to the engine, or runs one for this call. */
export async function callApart<T>(profile: string, procedure: string, input: object = {}): Promise<T> {
  const result = await daybreak(['call', procedure, '-'], { profile, stdin: JSON.stringify(input) });
  if (result.code !== 0) throw new Error(`${procedure}: ${result.stdout}${result.stderr}`);
  return printed(result) as T;
}

interface BrowserOptions {
  readonly context?: BrowserContextOptions;
  /** Before the app is loaded, e.g. to set its clock. */
  readonly prepare?: (page: Page) => Promise<void>;
}

export async function openBrowserDoor(
  profile: string,
  { context: more, prepare }: BrowserOptions = {},
): Promise<OpenDoor> {
  const server = start(['electron/hosts/cli/bin.mjs', 'serve', '--profile', profile]);
  const url = await firstMatch(server, /http:\/\/127\.0\.0\.1:\d+\/#code=\S+/);
  const browser = await ourBrowser();
  const context = await browser.newContext({ viewport: size, ...more });
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(url);
  return {
    page,
    profile,
    told: [],
    async quit() {
      await context.close();
      return stop(server);
    },
  };
}

let launched: Promise<Browser> | null = null;

/** One for all tests of this process, which ends with it: windows share nothing but the program. */
async function ourBrowser(): Promise<Browser> {
  if (launched === null || !(await launched).isConnected()) {
    launched = chromium.launch({ executablePath: findChromium(), args: [...chromiumArgs] });
  }
  return launched;
}

/** The built main process, preload and engine, with the stand-in in Electron's place. */
export async function openDesktopDoor(profile: string): Promise<OpenDoor> {
  const standIn = join(root, 'test/support/electron-stand-in/register.ts');
  const app = start(['--import', standIn, 'out/main/index.js', `--profile=${profile}`]);
  const told: { standIn: string; title: string; body: string }[] = [];
  createInterface({ input: app.stdout! }).on('line', (line) => {
    if (line.startsWith('{"standIn"')) told.push(JSON.parse(line));
  });
  const portFile = join(profile, 'window', 'chromium', 'DevToolsActivePort');
  await expect.poll(() => existsSync(portFile) || app.exitCode !== null).toBe(true);
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const [context] = browser.contexts();
  if (!context) throw new Error('the window has no browser context');
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.waitForURL(/daybreak\.app\.test/);
  return {
    page,
    profile,
    told,
    async quit() {
      await browser.close();
      return stop(app);
    },
  };
}

/** Electron's own program, where it is. */
export function electronBinary(): string | null {
  const pathFile = join(root, 'node_modules/electron/path.txt');
  const file = existsSync(pathFile) ? join(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8')) : null;
  return file !== null && existsSync(file) ? file : null;
}

export async function openElectronDoor(profile: string): Promise<OpenDoor> {
  const executablePath = electronBinary();
  if (executablePath === null) throw new Error('no Electron binary');
  const app = await _electron.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, `--profile=${profile}`],
  });
  const page = await app.firstWindow();
  return {
    page,
    profile,
    told: [],
    async quit() {
      const exited = once(app.process(), 'exit');
      await app.close();
      const [code] = await exited;
      return code as number | null;
    },
  };
}

function start(args: readonly string[]): ChildProcess {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(DAYBREAK_(?!CHROMIUM)|PG)/.test(name)) delete env[name];
  return spawn(process.execPath, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const [found] = pattern.exec(line) ?? [];
    if (found) return found;
  }
  throw new Error(`the command ended (${child.exitCode}) without printing an address`);
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  return code as number | null;
}
