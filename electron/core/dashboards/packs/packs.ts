import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import type { DashboardPack } from '../../../../shared/model/dashboard-pack.ts';
import { codeOf, freeFile, newFile, storageFailed, storing } from '../../captures/files-of-profile.ts';
import { receiveFile, type CapturePart } from '../../captures/receive-capture.ts';
import type { KnownServers } from '../../connections/known-servers.ts';
import { secretKey } from '../../connections/server-link.ts';
import type { Events } from '../../events.ts';
import type { History } from '../../history/history.ts';
import type { Ports } from '../../ports.ts';
import { exportPack } from './export-pack.ts';
import { importPack, readPackHead } from './import-pack.ts';
import { packEnding, packFormat } from './pack-format.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
}

/** Twelve widgets of 30 results have some megabytes. */
const longestPackBytes = 2 * 1024 ** 3;

/** Dashboards with their saved numbers in one file, and the way back. */
export class Packs {
  readonly #options: Options;
  /** Imports one after the other: two of one file would meet in the store. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async export(serverId: string, dashboardIds?: readonly string[], file?: string): Promise<DashboardPack> {
    const { ports, servers, history } = this.#options;
    const connection = await servers.stored(serverId);
    const dashboards = chosen(await history.dashboards.list(serverId), dashboardIds, connection.settings.label);
    const takenAtMs = ports.clock.nowMs();
    const { label } = connection.settings;
    const target =
      file === undefined
        ? await newFile(this.#folder, { label, atMs: takenAtMs, ending: packEnding, fallback: 'dashboards' })
        : await freeFile(file);
    const password = await ports.secrets.get(secretKey(serverId));
    const secrets = password === null ? [] : [password];
    const pack = await storing(target, () =>
      exportPack(history, { connection, dashboards, secrets, file: target, takenAtMs }),
    );
    return { file: target, sizeBytes: (await stat(target)).size, ...pack };
  }

  async open(file: string): Promise<{ serverId: string; pack: DashboardPack }> {
    const opened = this.#opening.then(async () => {
      const size = await stat(file).then(
        (found) => found.size,
        () => 0,
      );
      return importPack(this.#options.history, file, size);
    });
    this.#opening = opened.catch(() => undefined);
    const { serverId, pack, known } = await opened;
    if (!known) this.#options.events.publish('connections', serverId);
    return { serverId, pack };
  }

  /** A part of a file that a window sends; the file in the profile's folder once it is whole, null before. */
  async receive(part: CapturePart): Promise<{ file: string | null }> {
    const nowMs = this.#options.ports.clock.nowMs();
    const kind = { noun: packFormat.noun, ending: packEnding, mostBytes: longestPackBytes, check: readPackHead };
    return { file: await storing(this.#folder, () => receiveFile(this.#folder, part, nowMs, kind)) };
  }

  /** Packs in the profile's folder, newest first; files that are none are left out. */
  async list(): Promise<{ packs: DashboardPack[] }> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw storageFailed(this.#folder, error);
    });
    const found = await Promise.all(
      names.filter((name) => name.endsWith(packEnding)).map((name) => described(join(this.#folder, name))),
    );
    return { packs: found.flat().toSorted((a, b) => b.takenAtMs - a.takenAtMs) };
  }

  get #folder(): string {
    return join(this.#options.ports.paths.profileDir, 'packs');
  }
}

function chosen(all: readonly Dashboard[], ids: readonly string[] | undefined, label: string): readonly Dashboard[] {
  const dashboards = ids === undefined ? all : all.filter(({ dashboardId }) => ids.includes(dashboardId));
  const missing = ids?.find((id) => !all.some(({ dashboardId }) => dashboardId === id));
  if (missing !== undefined) {
    throw new Failure({ code: 'not_found', message: `There is no dashboard ${missing} for this connection.` });
  }
  if (dashboards.length > 0) return dashboards;
  throw new Failure({ code: 'not_found', message: `${label} has no dashboards yet: there is nothing to send.` });
}

async function described(file: string): Promise<DashboardPack[]> {
  try {
    const { pack } = await readPackHead(file);
    return [{ ...pack, file, sizeBytes: (await stat(file)).size }];
  } catch (error) {
    // A file that somebody else put there, or one of a newer Daybreak: opening it says why.
    if (isFailure(error)) return [];
    throw error;
  }
}
