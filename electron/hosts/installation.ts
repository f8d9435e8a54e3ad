import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where this Daybreak lies. From source this file is `electron/hosts/installation.ts`; in a bundle it is part of a
 * file in `out/main`. The root is two levels up from both.
 */
const rootDir = fileURLToPath(new URL('../../', import.meta.url));

export interface Installation {
  readonly rootDir: string;
  readonly resourcesDir: string;
  /** The built renderer; holds `index.html` after `npm run build`. */
  readonly rendererDir: string;
}

export function installation(): Installation {
  return {
    rootDir,
    resourcesDir: join(rootDir, 'resources'),
    rendererDir: join(rootDir, 'out', 'renderer'),
  };
}
