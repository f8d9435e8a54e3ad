import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type BrowserContext } from '@playwright/test';
import type { App } from 'electron';
import { chromiumArgs, findChromium } from '../browser.ts';

type AppMembers = Pick<
  App,
  'enableSandbox' | 'requestSingleInstanceLock' | 'whenReady' | 'setPath' | 'getPath' | 'quit' | 'exit'
>;

const { values: switches } = parseArgs({ strict: false });

/** What a window registers itself with, so that quitting can close it as Electron does. */
export interface OpenWindow {
  close(): boolean;
}
export const openWindows = new Set<OpenWindow>();

let context: Promise<BrowserContext> | null = null;
/** Chromium behind the windows; there from `ready` on. */
export function browser(): Promise<BrowserContext> {
  if (!context) throw new Error('a window was opened before the app was ready');
  return context;
}

class AppStandIn extends EventEmitter implements AppMembers {
  readonly commandLine = {
    getSwitchValue: (name: string): string => {
      const value = switches[name];
      return typeof value === 'string' ? value : '';
    },
  };
  #ready: Promise<void> | null = null;
  #paths = new Map<string, string>();
  #quitting = false;

  enableSandbox(): void {}

  requestSingleInstanceLock(): boolean {
    return true;
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`no path ${name} was set`);
    return path;
  }

  whenReady(): Promise<void> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  async #start(): Promise<void> {
    const userDataDir = join(this.getPath('userData'), 'chromium');
    mkdirSync(userDataDir, { recursive: true });
    context = chromium.launchPersistentContext(userDataDir, {
      executablePath: findChromium(),
      // The test that watches this window connects beside us.
      args: [...chromiumArgs, '--remote-debugging-port=0'],
      viewport: null,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    await context;
    this.emit('ready');
  }

  quit(): void {
    if (this.#quitting) return;
    this.#quitting = true;
    const prevented = () => {
      this.#quitting = false;
    };
    if (this.#preventable('before-quit')) return prevented();
    for (const window of openWindows) if (!window.close()) return prevented();
    if (this.#preventable('will-quit')) return prevented();
    this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    const closing = context ? context.then((open) => open.close()).catch(() => {}) : Promise.resolve();
    void closing.finally(() => process.exit(code));
  }

  #preventable(name: string): boolean {
    let prevented = false;
    this.emit(name, { preventDefault: () => (prevented = true) });
    return prevented;
  }

  windowClosed(window: OpenWindow): void {
    openWindows.delete(window);
    if (openWindows.size === 0 && !this.#quitting) this.emit('window-all-closed');
  }
}

export const app = new AppStandIn();

// Electron turns these into a quit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
