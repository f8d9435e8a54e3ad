import { EventEmitter } from 'node:events';
import type { Page, Route } from '@playwright/test';
import type {
  BrowserWindow as RealBrowserWindow,
  BrowserWindowConstructorOptions,
  WebContents,
  WindowOpenHandlerResponse,
} from 'electron';
import { app, browser, openWindows, type OpenWindow } from './app.ts';
import { toAppOrigin, toAppUrl, toBrowserUrl } from './origins.ts';
import { bridgePreload, type PreloadBridge } from './preload-bridge.ts';
import { answerRequest, ipcMain, permissionsFor } from './session.ts';

type WindowMembers = Pick<
  RealBrowserWindow,
  'loadURL' | 'show' | 'close' | 'focus' | 'restore' | 'maximize' | 'isMaximized' | 'isMinimized' | 'getNormalBounds'
>;
type ContentsMembers = Pick<WebContents, 'getURL' | 'postMessage' | 'setWindowOpenHandler'>;

class WebContentsStandIn extends EventEmitter implements ContentsMembers {
  page: Page | null = null;
  bridge: PreloadBridge | null = null;
  openHandler: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' });

  getURL(): string {
    return this.page ? toAppUrl(this.page.url()) : '';
  }
  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    this.bridge?.postMessage(channel, message, transfer);
  }
  setWindowOpenHandler(handler: unknown): void {
    this.openHandler = handler as typeof this.openHandler;
  }
}

/** A window is a page of Chromium; its web preferences must be those that the stand-in imitates. */
export class BrowserWindow extends EventEmitter implements WindowMembers, OpenWindow {
  readonly webContents = new WebContentsStandIn();
  readonly #options: BrowserWindowConstructorOptions;
  #closed = false;
  /** The address that the main process itself is loading: not a navigation of the page. */
  #loading: string | null = null;

  static getAllWindows(): BrowserWindow[] {
    return [...openWindows].filter((window) => window instanceof BrowserWindow);
  }

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    const { sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
    if (!sandbox || !contextIsolation || nodeIntegration)
      throw new Error('the window must be sandboxed, isolated and without Node');
    this.#options = options;
    openWindows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    const page = this.webContents.page ?? (await this.#openPage());
    this.#loading = toBrowserUrl(url);
    await page.goto(this.#loading);
    this.#loading = null;
    this.emit('ready-to-show');
  }

  async #openPage(): Promise<Page> {
    const context = await browser();
    const page = context.pages().find((open) => open.url() === 'about:blank') ?? (await context.newPage());
    const { width = 800, height = 600 } = this.#options;
    await page.setViewportSize({ width, height });
    this.webContents.page = page;
    page.on('close', () => this.#gone());
    page.on('popup', (popup) => {
      const { action } = this.webContents.openHandler({ url: toAppUrl(popup.url()) });
      if (action === 'deny') void popup.close();
    });
    await page.route('**/*', (route) => this.#answer(route));
    await context.grantPermissions(permissionsFor(this.webContents));
    const { preload } = this.#options.webPreferences ?? {};
    if (preload) {
      const cdp = await context.newCDPSession(page);
      this.webContents.bridge = await bridgePreload(cdp, preload, (channel, args) => {
        const origin = toAppOrigin(page.url());
        const event = {
          sender: this.webContents,
          senderFrame: { origin, url: this.webContents.getURL(), parent: null },
        };
        ipcMain.emit(channel, event, ...args);
      });
    }
    return page;
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = toAppUrl(request.url());
    if (request.isNavigationRequest() && request.frame().parentFrame() === null && request.url() !== this.#loading) {
      let prevented = false;
      this.webContents.emit('will-navigate', { url, preventDefault: () => (prevented = true) });
      if (prevented) return route.abort('aborted');
    }
    await answerRequest(route, url);
  }

  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    app.windowClosed(this);
    this.emit('closed');
  }

  /** False when a 'close' listener kept the window open. */
  close(): boolean {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (prevented) return false;
    const { page } = this.webContents;
    this.#gone();
    void page?.close().catch(() => {});
    return true;
  }

  getNormalBounds() {
    const { x = 0, y = 0, width = 800, height = 600 } = this.#options;
    return { x, y, width, height };
  }
  isMaximized(): boolean {
    return false;
  }
  isMinimized(): boolean {
    return false;
  }
  show(): void {}
  focus(): void {}
  restore(): void {}
  maximize(): void {}
}
