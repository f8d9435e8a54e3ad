import { spawn } from 'node:child_process';

/** Whether a browser can be expected to open: a display, and not root (whose browser refuses its own sandbox). */
export function canOpenBrowser(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  uid: number | undefined = process.getuid?.(),
): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return uid !== 0 && Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/** Hands the address to the person's own browser. Where that fails, the address stands in the terminal. */
export function openInBrowser(url: string): void {
  if (!canOpenBrowser()) return;
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? // `start` would take the address for a window title and cut it at '&'.
          ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
