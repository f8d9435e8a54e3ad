/**
 * A stand-in for the `electron` module that drives Chromium, for machines that cannot have Electron's binary: the
 * members that our main process uses, checked against electron.d.ts, each doing what Electron's does as far as the
 * main process and the page can tell. What it shows to its test goes to standard output, one JSON a line.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type * as Electron from 'electron';
import { PortStandIn } from './ports.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { ipcMain, protocol, session } from './session.ts';
export { utilityProcess } from './utility-process.ts';

/** Told to the test: dialogs and notifications, which nobody sees here. */
const show = (what: string, title: string, body: string) =>
  void process.stdout.write(`${JSON.stringify({ standIn: what, title, body })}\n`);

export class MessageChannelMain {
  readonly port1: PortStandIn;
  readonly port2: PortStandIn;
  constructor() {
    [this.port1, this.port2] = PortStandIn.pair();
  }
}

export const dialog = {
  showErrorBox: (title: string, content: string) => show('error', title, content),
} satisfies Pick<Electron.Dialog, 'showErrorBox'>;

export class Notification implements Pick<Electron.Notification, 'show'> {
  static isSupported(): boolean {
    return true;
  }
  readonly #options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    this.#options = options;
  }
  show(): void {
    show('notification', this.#options.title ?? '', this.#options.body ?? '');
  }
}

export const Menu = {
  // A template is all that a menu is here; Electron refuses unknown roles, so do the types.
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }),
  setApplicationMenu: (_menu: unknown) => {},
};

export const nativeTheme = { shouldUseDarkColors: false } satisfies Pick<Electron.NativeTheme, 'shouldUseDarkColors'>;

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

const key = randomBytes(32);
/** A system with a password manager: real encryption, with a key that nobody keeps. */
export const safeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret' as const,
  encryptStringAsync(text: string) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Promise.resolve(Buffer.concat([iv, cipher.getAuthTag(), encrypted]));
  },
  decryptStringAsync(encrypted: Buffer) {
    const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, 12));
    decipher.setAuthTag(encrypted.subarray(12, 28));
    const result = decipher.update(encrypted.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    return Promise.resolve({ result, shouldReEncrypt: false });
  },
} satisfies Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;
