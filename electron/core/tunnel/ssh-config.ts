import { globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { matchesPattern } from './known-hosts.ts';
import { expandHome } from './sign-in.ts';

/** What ~/.ssh/config says about one host; null where it says nothing. */
export interface SshHostEntry {
  readonly hostName: string | null;
  readonly user: string | null;
  readonly port: number | null;
  readonly identityFile: string | null;
  /** As written: `user@host:port`, or several with commas between. */
  readonly proxyJump: string | null;
}

export interface SshConfig {
  /** Hosts that are named in full. */
  readonly names: readonly string[];
  entry(host: string): SshHostEntry;
}

interface Setting {
  /** Patterns of the `Host` line that it stands below. */
  readonly patterns: readonly string[];
  readonly keyword: string;
  readonly value: string;
}

const isPattern = (text: string): boolean => /[*?!]/.test(text);

/**
 * The part of an ssh_config that tells where a host is and who signs in: https://man.openbsd.org/ssh_config. For each
 * keyword the first value counts. What stands below `Match` depends on more than the host and is passed over.
 */
export function parseSshConfig(text: string): SshConfig {
  const settings: Setting[] = [];
  const names: string[] = [];
  let patterns: readonly string[] = ['*'];
  for (const raw of text.split(/\r?\n/)) {
    const line = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.+?)\s*$/.exec(raw);
    const keyword = line?.[1]?.toLowerCase();
    const value = line?.[2];
    if (keyword === undefined || value === undefined) continue;
    if (keyword === 'host') {
      patterns = words(value);
      names.push(...patterns.filter((one) => !isPattern(one)));
    } else if (keyword === 'match') patterns = [];
    else settings.push({ patterns, keyword, value: words(value)[0] ?? '' });
  }
  return {
    names: [...new Set(names)],
    entry(host) {
      const of = (keyword: string): string | null =>
        settings.find((one) => one.keyword === keyword && covers(one.patterns, host))?.value ?? null;
      const port = Number(of('port') ?? Number.NaN);
      return {
        hostName: of('hostname')?.replaceAll('%h', host) ?? null,
        user: of('user'),
        port: Number.isInteger(port) ? port : null,
        identityFile: of('identityfile')?.replaceAll('%d', '~') ?? null,
        proxyJump: of('proxyjump'),
      };
    },
  };
}

function covers(patterns: readonly string[], host: string): boolean {
  if (patterns.some((one) => one.startsWith('!') && matchesPattern(one.slice(1), host))) return false;
  return patterns.some((one) => !one.startsWith('!') && matchesPattern(one, host));
}

/** Words between spaces; quotes keep theirs. */
const words = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** ~/.ssh/config with what it includes. A file that is not there, or cannot be read, says nothing: it is an offer. */
export function readSshConfig(home = homedir()): SshConfig {
  return parseSshConfig(textWithIncludes(join(home, '.ssh', 'config'), home, 0));
}

/** As deep as ssh goes. */
const deepest = 16;

function textWithIncludes(file: string, home: string, depth: number): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return '';
  }
  if (depth >= deepest) return '';
  return text.replace(/^[ \t]*include(?:[ \t]*=[ \t]*|[ \t]+)(.+?)[ \t]*$/gim, (_, list: string) =>
    words(list)
      .map((one) => expandHome(one, home))
      .flatMap((one) => globSync(isAbsolute(one) ? one : join(home, '.ssh', one)).toSorted())
      .map((one) => textWithIncludes(one, home, depth + 1))
      .join('\n'),
  );
}
