import { mkdirSync, statSync } from 'node:fs';
import * as module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where what V8 makes of our code is kept between starts: a start compiles two megabytes, and strips their types where it
 * runs from source (docs/decisions/0039). By the XDG base directory specification and its like; it may be deleted.
 */
export function codeCacheDir(env = process.env, platform = process.platform, home = homedir()) {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Daybreak', 'code');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Daybreak', 'code');
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'daybreak', 'code');
}

/**
 * For this process and those that it starts. Only in a folder of this user's: what lies there is run. A person who has set
 * NODE_COMPILE_CACHE or NODE_DISABLE_COMPILE_CACHE has the last word; a folder that cannot be made is done without.
 */
export function keepCompiledCode() {
  const { env } = process;
  if (env['NODE_COMPILE_CACHE'] !== undefined || env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  try {
    const dir = codeCacheDir();
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (process.getuid !== undefined && statSync(dir).uid !== process.getuid()) return;
    if (module.enableCompileCache?.(dir).directory !== undefined) env['NODE_COMPILE_CACHE'] = dir;
  } catch {
    // A start that takes longer.
  }
}
