import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin } from './app-origin.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

export interface WindowOptions {
  /** `out/preload/index.cjs` */
  readonly preload: string;
  readonly stateFile: string;
}

/** The page's own background, so that opening does not flash. */
const backgrounds = { dark: '#0e1116', light: '#f6f7f9' } as const;

export function openWindow({ preload, stateFile }: WindowOptions): BrowserWindow {
  const state = readWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...state?.bounds,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Daybreak',
    backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  void window.loadURL(`${appOrigin}/`);
  return window;
}
