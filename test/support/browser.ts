import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Debian's Chromium has the same major version as Electron's. It must not phone home from a test. */
export const chromiumArgs: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--force-color-profile=srgb',
];

/** `DAYBREAK_CHROMIUM`, one that Playwright installed, or the system's. Throws with what to do about it. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['DAYBREAK_CHROMIUM'];
  if (chosen) return chosen;
  const found = [...playwrightChromiums(env), ...onPath(env)].find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    'no Chromium: install one (apt-get install chromium, or npx playwright install chromium), or name it in DAYBREAK_CHROMIUM',
  );
}

function playwrightChromiums(env: NodeJS.ProcessEnv): string[] {
  const cache = env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .toSorted()
    .toReversed()
    .flatMap((name) => ['chrome-linux64', 'chrome-linux'].map((folder) => join(cache, name, folder, 'chrome')));
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((dir) => join(dir, name)));
}
