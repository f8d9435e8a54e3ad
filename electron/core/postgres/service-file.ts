import { readFileSync } from 'node:fs';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { settingsFromParameters } from './parameters.ts';
import { serviceFiles, type Environment } from './user-files.ts';

/** Connection parameters of one `[section]`, as libpq names them. May hold a password. */
export type ServiceParameters = ReadonlyMap<string, string>;

/** Services of the person's file and of the system's; the person's wins. A file that is not there has none. */
export function loadServices(env: Environment): ReadonlyMap<string, ServiceParameters> {
  const services = new Map<string, ServiceParameters>();
  for (const path of serviceFiles(env)) {
    const text = readOrNull(path);
    if (text === null) continue;
    for (const [name, parameters] of parseServices(text)) {
      if (!services.has(name)) services.set(name, parameters);
    }
  }
  return services;
}

/** Services that can be connected to as they stand, without their passwords: those are read when one is opened. */
export function readServices(env: Environment): { service: string; settings: ConnectionSettings }[] {
  const usable: { service: string; settings: ConnectionSettings }[] = [];
  for (const [service, parameters] of loadServices(env)) {
    try {
      usable.push({ service, settings: { ...settingsFromParameters(parameters, env).settings, label: service } });
    } catch (error) {
      if (!isFailure(error)) throw error; // an entry for another tool is not offered; asking for it says why
    }
  }
  return usable;
}

/** https://www.postgresql.org/docs/current/libpq-pgservice.html: INI, `#` comments, no spaces in keywords. */
export function parseServices(text: string): ReadonlyMap<string, ServiceParameters> {
  const services = new Map<string, Map<string, string>>();
  let current: Map<string, string> | null = null;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      // The first of two sections with one name counts, as with libpq.
      current = services.has(section) ? new Map() : new Map<string, string>();
      if (!services.has(section)) services.set(section, current);
      continue;
    }
    const at = line.indexOf('=');
    if (current !== null && at > 0) current.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return services;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new Failure(
      { code: 'invalid_input', message: `The service file ${path} cannot be read: ${String(cause)}` },
      { cause },
    );
  }
}
