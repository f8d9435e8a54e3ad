import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Notification } from 'electron';
import { isFailure } from '../../shared/model/failure.ts';
import { installation } from '../hosts/installation.ts';
import { stderrLogger } from '../hosts/node-ports.ts';
import { prepareProfileDir, profileDir } from '../hosts/profile/profile-dir.ts';
import { registerAppScheme, serveAppScheme } from './app-protocol.ts';
import { startEngineProcess, type EngineProcess } from './engine-process.ts';
import { guardPermissions, guardWebContents, isOwnFrame } from './guards.ts';
import { openKeychain } from './keychain.ts';
import { setMenu } from './menu.ts';
import { openWindow } from './open-window.ts';

/** Entry of the desktop door: it brokers, and does no work of its own. */
const portChannel = 'daybreak:port';
const { rootDir, rendererDir, resourcesDir } = installation();
const profile = profileDir({ option: app.commandLine.getSwitchValue('profile') || undefined });
const paths = {
  preload: join(rootDir, 'out', 'preload', 'index.cjs'),
  engine: join(rootDir, 'out', 'main', 'engine.js'),
  windowState: join(profile, 'window.json'),
  secrets: join(profile, 'secrets.json'),
};

app.enableSandbox();
registerAppScheme();
guardWebContents();

if (!holdProfile()) {
  app.exit(1);
} else if (!app.requestSingleInstanceLock()) {
  // The window that is open already comes to the front ('second-instance' there).
  app.exit(0);
} else {
  void app.whenReady().then(run);
}

/** Chromium's own data lies in the profile too: two profiles are two apps, with a lock each. */
function holdProfile(): boolean {
  try {
    prepareProfileDir(profile);
  } catch (error) {
    if (!isFailure(error)) throw error;
    dialog.showErrorBox('Daybreak cannot start', error.value.message);
    return false;
  }
  app.setPath('userData', join(profile, 'window'));
  return true;
}

async function run(): Promise<void> {
  serveAppScheme(rendererDir);
  guardPermissions();
  setMenu();
  const logLevel = process.env['DAYBREAK_LOG_LEVEL'] ?? 'warn';
  const engine = startEngineProcess({
    entry: paths.engine,
    profileDir: profile,
    resourcesDir,
    logLevel,
    secrets: await openKeychain(paths.secrets, stderrLogger(logLevel)),
    notify,
    onFailed(message) {
      dialog.showErrorBox('Daybreak cannot go on', message);
      app.quit();
    },
  });
  ipcMain.on(portChannel, (event) => {
    if (isOwnFrame(event.senderFrame)) event.sender.postMessage(portChannel, null, [engine.connect()]);
  });
  quitCleanly(engine);

  const open = () => openWindow({ preload: paths.preload, stateFile: paths.windowState });
  open();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? open();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}

function quitCleanly(engine: EngineProcess): void {
  let stopped = false;
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void engine.stop().then(() => {
      stopped = true;
      app.quit();
    });
  });
}

function notify(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}
