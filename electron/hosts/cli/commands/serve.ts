import type { Command } from 'commander';
import { addAttachOptions } from '../ssh-options.ts';
import { addCommand, profile, secretsFile, wholeNumber, type Run } from './options.ts';

/** `daybreak serve` */
export function describeServe(program: Command, run: Run): void {
  addAttachOptions(addCommand(program, 'serve', 'open Daybreak in a browser of this machine'))
    .addOption(profile())
    .addOption(secretsFile())
    .option('--port <port>', 'port on 127.0.0.1; 0: any free one', wholeNumber(0, 65_535), 0)
    .option('--open', 'open a browser window', false)
    .action((options) => run(async (stop) => (await import('../serve.ts')).serve({ ...options, stop })));
}
