import { serveBrowserDoor } from '../browser/serve-browser-door.ts';
import { installation } from '../installation.ts';
import { stderrLogger } from '../node-ports.ts';
import { profileDir } from '../profile/profile-dir.ts';
import { openCliEngine } from './cli-engine.ts';
import { openInBrowser } from './open-in-browser.ts';
import { attachTo, type AttachOptions } from './ssh-options.ts';
import type { Stop } from './stop.ts';

export interface ServeOptions extends AttachOptions {
  readonly profile?: string | undefined;
  /** Left out: passwords are kept in memory. */
  readonly secretsFile?: string | undefined;
  readonly port: number;
  readonly open: boolean;
  readonly logLevel: string;
  readonly stop: Stop;
}

/** `daybreak serve`: the product in a browser of this machine, until it is stopped. */
export async function serve({
  profile,
  secretsFile,
  port,
  open,
  logLevel,
  stop,
  ...options
}: ServeOptions): Promise<number> {
  const logger = stderrLogger(logLevel);
  const attach = attachTo(options);
  const engine = await openCliEngine({
    profile,
    door: 'browser',
    logger,
    background: true,
    forWindow: true,
    secretsFile,
    attach,
  });
  try {
    // Who has said meanwhile that it shall end is not told an address.
    stop.signal.throwIfAborted();
    const { rendererDir } = installation();
    // After the engine, which begins to open its store as soon as it can.
    const { attachableEngine } = await import('../profile/attachable-engine.ts');
    const attachable = attachableEngine(engine, {
      profileDir: profileDir({ option: profile }),
      logger,
      startedAttachedTo: attach?.to,
    });
    const door = await serveBrowserDoor({ router: attachable.router, rendererDir, port, logger });
    try {
      if (engine.kind() === 'attached')
        process.stdout.write(
          attach === undefined
            ? `Another Daybreak (process ${engine.pid()}) has this profile open; this is a door to it.\n`
            : `This is a door to the agent at ${attach.to} (process ${engine.pid()} there).\n`,
        );
      const url = door.launchUrl();
      process.stdout.write(`Daybreak is open at ${url}\nThe address opens one window.${inputHint()}\n`);
      if (open) openInBrowser(url);
      offerMoreAddresses(() => process.stdout.write(`${door.launchUrl()}\n`));
      await stop.requested;
    } finally {
      await door.close();
      await attachable.close();
    }
  } finally {
    await engine.close();
  }
  return 0;
}

const inputHint = () => (process.stdin.isTTY ? ' Enter prints another one, Ctrl-C ends.' : '');

function offerMoreAddresses(another: () => void): void {
  if (!process.stdin.isTTY) return;
  process.stdin.on('data', another);
}
