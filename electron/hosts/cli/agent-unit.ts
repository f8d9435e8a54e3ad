import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { installation } from '../installation.ts';

export interface UnitOptions {
  readonly config?: string | undefined;
  /** Where the agent keeps everything, as this command line finds it: a service has another environment. */
  readonly profile: string;
  /** Left out: in the profile. */
  readonly secretsFile?: string | undefined;
  readonly url?: string | undefined;
  /** What stood on the command line besides: '--listen', '9187', … */
  readonly more?: readonly string[];
  readonly graceSeconds: number;
}

/** systemd kills what does not end: a stop that hands its refreshes back takes a little longer than its grace. */
const handBackSeconds = 30;
/** What systemd itself makes for the unit of `resources/systemd`. */
const stateDir = '/var/lib/daybreak';

/** The unit of `resources/systemd`, with this machine's Node, this installation, and what the agent was asked for. */
export function agentUnit({ config, profile, secretsFile, url, more = [], graceSeconds }: UnitOptions): string {
  const { resourcesDir, rootDir } = installation();
  const template = readFileSync(join(resourcesDir, 'systemd', 'daybreak-agent.service'), 'utf8');
  const { username } = userInfo();
  const words = [
    process.execPath,
    join(rootDir, 'electron', 'hosts', 'cli', 'bin.mjs'),
    'agent',
    ...(config === undefined ? [] : ['--config', resolve(config)]),
    '--profile',
    profile,
    ...(secretsFile === undefined ? [] : ['--secrets-file', secretsFile]),
    ...(url === undefined ? [] : ['--url', url]),
    ...more,
  ];
  return writable(template, profile, secretsFile, username)
    .replace(/^User=.*$/m, () => `User=${username}`)
    .replace(/^ExecStart=.*$/m, () => `ExecStart=${words.map(quotedWord).join(' ')}`)
    .replace(/^TimeoutStopSec=.*$/m, `TimeoutStopSec=${graceSeconds + handBackSeconds}`);
}

/**
 * Everything is read-only to the agent but what it is given here, also below /home and /root, where ProtectHome leaves it
 * to ReadWritePaths. Without a "-" a folder that is missing ends the start with an error, instead of a unit that runs and
 * can write nothing.
 */
function writable(template: string, profile: string, secretsFile: string | undefined, user: string): string {
  const inState = isWithin(profile, stateDir);
  const secretsDir = secretsFile === undefined ? profile : dirname(secretsFile);
  const apart = isWithin(secretsDir, profile) || isWithin(secretsDir, stateDir) ? [] : [secretsDir];
  const needed = [...(inState ? [] : [profile]), ...apart];
  if (needed.length === 0) return template;
  const lines = [
    `# They have to be there before the first start: install -d -m 0700 -o ${user} ${needed.map(quotedPath).join(' ')}`,
    `ReadWritePaths=${needed.map(quotedPath).join(' ')}`,
  ];
  const given = inState ? ['ReadWritePaths=-/var/lib/daybreak', ...lines] : lines;
  return (inState ? template : template.replace(/^StateDirectory.*\n/gm, '')).replace(/^ReadWritePaths=.*$/m, () =>
    given.join('\n'),
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/** As systemd reads a path: quotes around what has spaces, and a percent sign doubled. */
function quotedPath(path: string): string {
  const escaped = path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /[\s"'\\]/.test(path) ? `"${escaped}"` : escaped;
}

/** A word of a command line, where `$` begins a variable and `;` a second command as well. */
function quotedWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /[\s"'\\$;]/.test(word) ? `"${escaped.replaceAll('$', '$$$$')}"` : escaped;
}
