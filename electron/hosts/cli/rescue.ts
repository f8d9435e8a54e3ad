import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRouter } from '../../core/api/router.ts';
import type { RunningEngine } from '../../core/create-engine.ts';
import { runRescue } from '../../core/rescue/run-rescue.ts';
import { terminalStory } from '../../core/rescue/terminal-story.ts';
import { serveBrowserDoor } from '../browser/serve-browser-door.ts';
import { installation } from '../installation.ts';
import { nodePorts, stderrLogger } from '../node-ports.ts';
import type { Stop } from './stop.ts';
import { temporaryProfile } from './temporary-profile.ts';

export interface RescueCommandOptions {
  readonly scale: number;
  readonly managers: number;
  readonly rate: number;
  readonly phaseSeconds: number;
  readonly out: string;
  readonly json: boolean;
  readonly keep: boolean;
  readonly logLevel: string;
  readonly stop: Stop;
}

/** `daybreak rescue`: the whole story on the demo ERP, in a profile of its own that is gone afterwards. */
export async function rescue(options: RescueCommandOptions): Promise<number> {
  const { stop } = options;
  const logger = stderrLogger(options.logLevel);
  const { resourcesDir } = installation();
  const profile = await temporaryProfile('rescue', logger);
  const profileDir = profile.path;
  const outDir = resolve(options.out);
  // With --json, standard output belongs to the one object.
  const out = options.json ? process.stderr : process.stdout;
  let printed = false;
  const printJson = (json: unknown) => {
    if (options.json && !printed) process.stdout.write(`${JSON.stringify(json)}\n`);
    printed = true;
  };
  try {
    const { json } = await runRescue({
      ports: nodePorts({ paths: { profileDir, resourcesDir }, logger, door: 'rescue' }),
      scale: options.scale,
      managers: options.managers,
      ratePerSecond: options.rate,
      phaseSeconds: options.phaseSeconds,
      outDir,
      signal: stop.signal,
      story: terminalStory(out),
      ...(options.keep
        ? {
            keep: async ({ uri, engine }: { readonly uri: string; readonly engine: RunningEngine }) => {
              printJson(JSON.parse(await readFile(join(outDir, 'report.json'), 'utf8')));
              await keepOpen(uri, engine, (text) => out.write(`${text}\n`), stop);
            },
          }
        : {}),
    });
    printJson(json);
    return 0;
  } finally {
    await profile.remove();
  }
}

/** The ERP stays up, with the product on it where its screens are built, until Ctrl-C. */
async function keepOpen(uri: string, engine: RunningEngine, say: (text: string) => void, stop: Stop): Promise<void> {
  say(`The demo ERP stays open at ${uri}`);
  const { rendererDir } = installation();
  const built = existsSync(join(rendererDir, 'index.html'));
  const logger = engine.ports.logger;
  const door = built ? await serveBrowserDoor({ router: createRouter(engine), rendererDir, logger }) : null;
  if (door) say(`Daybreak is open on it at ${door.launchUrl()}`);
  say('Ctrl-C ends both.');
  await stop.requested;
  await door?.close();
}
