import { InvalidArgumentError, Option, type Command } from 'commander';
import { Failure } from '../../../../shared/model/failure.ts';
import { withSsh, type SshOptions } from '../ssh-options.ts';
import type { Stop } from '../stop.ts';

/** What commands have in common: options, and how their values are read. */

/** Does a command's work; what it resolves to is the exit code. */
export type Run = (work: (stop: Stop) => Promise<number>) => Promise<void>;

export function through(options: SshOptions & { readonly url?: string }): { readonly url?: string } {
  if (options.url !== undefined) return { url: withSsh(options.url, options) };
  if (options.ssh === undefined) return {};
  throw new Failure({ code: 'invalid_input', message: '--ssh is the way to the server of --url: say which one.' });
}

export const serverUrl = () =>
  new Option(
    '--url <postgres-url>',
    'which server (default: the only one of the profile); the password is better in PGPASSWORD or a passfile',
  ).env('DAYBREAK_URL');

export const profile = () =>
  new Option(
    '--profile <folder>',
    'where connections and history are kept (default: the data folder of this user)',
  ).env('DAYBREAK_PROFILE');

export const secretsFile = (usual = 'none, they are forgotten at the end') =>
  new Option(
    '--secrets-file <file>',
    `keep passwords there, in clear, for its user alone (0600 in a folder of 0700; default: ${usual})`,
  );

export const logLevel = (usual: 'info' | 'warn' = 'warn') =>
  new Option('--log-level <level>', 'how much is logged to standard error')
    .env('DAYBREAK_LOG_LEVEL')
    .choices(['debug', 'info', 'warn', 'error', 'silent'])
    .default(usual);

/** A command that logs. */
export const addCommand = (program: Command, name: string, description: string, usualLog?: 'info' | 'warn'): Command =>
  program.command(name).description(description).exitOverride().addOption(logLevel(usualLog));

/** A command that looks at what is scheduled on a server. */
export const addServerOptions = (command: Command): Command =>
  command
    .exitOverride()
    .addOption(serverUrl())
    .option('--json', 'print one JSON document on standard output and nothing else', false)
    .addOption(profile())
    .addOption(logLevel());

export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
}

export const upTo =
  (most: number) =>
  (text: string): number => {
    const value = positive(text);
    if (value > most) throw new InvalidArgumentError(`A number up to ${most} is needed.`);
    return value;
  };

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    return value;
  };
