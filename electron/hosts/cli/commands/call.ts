import type { Command } from 'commander';
import { procedures } from '../procedures.ts';
import { addAttachOptions } from '../ssh-options.ts';
import { addCommand, profile, secretsFile, wholeNumber, type Run } from './options.ts';

/** `daybreak call` */
export function describeCall(program: Command, run: Run): void {
  addAttachOptions(
    addCommand(program, 'call', 'call a procedure; prints its value or its error as JSON, exit code 1 for an error'),
  )
    .argument('<procedure>', 'for example connections.list')
    .argument('[json]', 'its input; - reads it from standard input, so that no secret stands in a process list', '{}')
    .addOption(profile())
    .addOption(secretsFile())
    .option('--events <n>', 'of a stream: end after n events', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', `\nProcedures:\n${procedures.map(({ name }) => `  ${name}`).join('\n')}`)
    .action((name: string, json: string, options) =>
      run(async (stop) => (await import('../call.ts')).call(name, json, { ...options, stop })),
    );
}
