import type { Command } from 'commander';
import { addAttachOptions } from '../ssh-options.ts';
import { addCommand, profile, secretsFile, type Run } from './options.ts';

/** `daybreak start` */
export function describeStart(program: Command, run: Run): void {
  addAttachOptions(addCommand(program, 'start', 'open the desktop app, or the browser where there is no desktop'))
    .addOption(profile())
    .addOption(secretsFile('none; a desktop window uses the keychain'))
    .action((options) => run(async (stop) => (await import('../start.ts')).start({ ...options, stop })));
}
