import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFailure } from '../../../shared/model/failure.ts';
import type { Capture } from '../../../shared/model/history-usage.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import type { Events } from '../events.ts';
import type { InputSources } from '../mornings/gather-input.ts';
import { checkedWindow } from '../mornings/history-freshness.ts';
import type { Ports } from '../ports.ts';
import { exportCapture } from './export-capture.ts';
import { codeOf, freeFile, newFile, storageFailed, storing } from './files-of-profile.ts';
import { importCapture, readHead, type Opened } from './import-capture.ts';
import { receiveCapture, type CapturePart } from './receive-capture.ts';

interface Options extends InputSources {
  readonly ports: Ports;
  readonly events: Events;
}

const extension = '.daybreak';

/** "Send me your morning": a window of one server's history in one file, and the way back. */
export class Captures {
  readonly #options: Options;
  /** Imports one after the other: two of one file would meet in the store. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async export(serverId: string, window: TimeWindow, file?: string): Promise<Capture> {
    const { ports, servers } = this.#options;
    const { settings } = await servers.stored(serverId);
    const takenAtMs = ports.clock.nowMs();
    const checked = checkedWindow(window);
    const target =
      file === undefined
        ? await newFile(this.#folder, {
            label: settings.label,
            atMs: checked.fromMs,
            ending: extension,
            fallback: 'capture',
          })
        : await freeFile(file);
    const capture = await storing(target, () =>
      exportCapture(this.#options, serverId, checked, { file: target, takenAtMs }),
    );
    return { file: target, sizeBytes: (await stat(target)).size, ...capture };
  }

  async open(file: string): Promise<{ serverId: string; capture: Capture }> {
    const opened = this.#opening.then(() => this.#open(file));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  /** A part of a file that a window sends; the file in the profile's folder once it is whole, null before. */
  async receive(part: CapturePart): Promise<{ file: string | null }> {
    const { ports } = this.#options;
    const file = await storing(this.#folder, () => receiveCapture(this.#folder, part, ports.clock.nowMs()));
    return { file };
  }

  /** Captures in the profile's folder, newest first; files that are none are left out. */
  async list(): Promise<{ captures: Capture[] }> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw storageFailed(this.#folder, error);
    });
    const found = await Promise.all(
      names.filter((name) => name.endsWith(extension)).map((name) => described(join(this.#folder, name))),
    );
    return { captures: found.flat().toSorted((a, b) => b.takenAtMs - a.takenAtMs) };
  }

  async #open(file: string): Promise<Opened> {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    const { serverId, capture, known } = await importCapture(this.#options.history, file, size);
    if (!known) this.#options.events.publish('connections', serverId);
    return { serverId, capture };
  }

  get #folder(): string {
    return join(this.#options.ports.paths.profileDir, 'captures');
  }
}

async function described(file: string): Promise<Capture[]> {
  try {
    const { capture } = await readHead(file);
    return [{ ...capture, file, sizeBytes: (await stat(file)).size }];
  } catch (error) {
    // A file that somebody else put there, or one of a newer Daybreak: opening it says why.
    if (isFailure(error)) return [];
    throw error;
  }
}
