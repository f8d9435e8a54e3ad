import { Option, type Command } from 'commander';
import { addSshOptions } from '../ssh-options.ts';
import { addCommand, profile, secretsFile, through, wholeNumber, type Run } from './options.ts';

/** `daybreak agent` */
export function describeAgent(program: Command, run: Run): void {
  addSshOptions(
    addCommand(program, 'agent', 'sample a server and refresh its read models without a window, until stopped', 'info'),
  )
    .addOption(
      new Option('--url <postgres-url>', 'which server; the password is better in PGPASSWORD or a passfile').env(
        'DAYBREAK_URL',
      ),
    )
    .option(
      '--config <file>',
      'JSON with url, passwordFile, profile, secretsFile, listen, logLevel, graceSeconds, refresh (mode 0600)',
    )
    .option('--listen <port>', 'answer /healthz and /metrics (Prometheus) on 127.0.0.1', wholeNumber(0, 65_535))
    .option('--grace <seconds>', 'how long a stop waits for refreshes before it hands them back', wholeNumber(0, 3_600))
    .option('--no-refresh', 'sample alone')
    .addOption(secretsFile('agent-secrets.json in the profile'))
    .option('--print-unit', 'print a systemd unit for this command and end', false)
    .addOption(profile())
    .action((options, command: Command) => {
      const from = (name: string) => command.getOptionValueSource(name);
      const asked = {
        ...options,
        ...through(options),
        urlInArguments: from('url') === 'cli',
        logLevel: from('logLevel') === 'default' ? undefined : options.logLevel,
        refresh: from('refresh') === 'default' ? undefined : options.refresh,
      };
      if (options.printUnit) return run(async () => (await import('../print-unit.ts')).printUnit(asked));
      return run(async (stop) => (await import('../agent.ts')).agent({ ...asked, stop }));
    });
}
