import type { Command } from 'commander';
import { logLevel, profile, serverUrl, type Run } from './options.ts';

/** `daybreak alerts …` */
export function describeAlerts(program: Command, run: Run): void {
  const alerts = program
    .command('alerts')
    .description('what is wrong on a server, who was told, and whether messages arrive')
    .exitOverride();
  const alertsCommand = (name: string, description: string) =>
    alerts
      .command(name)
      .description(description)
      .exitOverride()
      .option('--json', 'print one JSON document on standard output and nothing else', false)
      .addOption(profile())
      .addOption(logLevel());
  alertsCommand(
    'list',
    'look at the server and print what is open; exit code 1 where something is, nobody could look, or there is no registry',
  )
    .addOption(serverUrl())
    .action((options) => run(async (stop) => (await import('../alerts.ts')).listAlerts({ ...options, stop })));
  alertsCommand('ack', 'say that you take care of an open alert')
    .argument('<subject-or-id>', 'the read model or agent that it is about, or its id')
    .addOption(serverUrl())
    .action((episode: string, options) =>
      run(async (stop) => (await import('../alerts.ts')).acknowledgeAlert(episode, { ...options, stop })),
    );
  alertsCommand('test', 'send a test message; exit code 1 where one does not arrive')
    .argument('[channel]', 'its name (default: all that are switched on)')
    .action((channel: string | undefined, options) =>
      run(async (stop) => (await import('../alerts.ts')).testAlerts(channel, { ...options, stop })),
    );
}
