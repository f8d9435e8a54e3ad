import { Option, type Command } from 'commander';
import { addSshOptions } from '../ssh-options.ts';
import { logLevel, profile, serverUrl, through, type Run } from './options.ts';

/** `daybreak models …` */
export function describeModels(program: Command, run: Run): void {
  const models = program
    .command('models')
    .description('read models as files: compare a folder with a server, and bring the server to it')
    .exitOverride();
  const onServer = (name: string, description: string) =>
    addSshOptions(models.command(name).description(description).exitOverride())
      .addOption(serverUrl())
      .addOption(profile())
      .addOption(logLevel());
  const modelsCommand = (name: string, description: string) =>
    onServer(name, description).requiredOption(
      '--dir <folder>',
      'the folder with daybreak.json and <name>/v<version>.sql',
    );
  modelsCommand('export', 'write the read models of the server into the folder').action((options) =>
    run(async (stop) => (await import('../models.ts')).models('export', { ...options, ...through(options), stop })),
  );
  modelsCommand('diff', 'say what differs; exit code 1 where something does').action((options) =>
    run(async (stop) => (await import('../models.ts')).models('diff', { ...options, ...through(options), stop })),
  );
  modelsCommand('apply', 'show the plans that bring the server to the folder, and run those whose names are typed')
    .option('--yes <names...>', 'run the plans of these read models without asking')
    .option('--unproven <names...>', 'build these although nothing proves them: your word, which stays with the plan')
    .addOption(
      new Option(
        '--on-breaking <what>',
        'of a change that readers would break on; replace: the stable view is made anew with all that hangs on it',
      ).choices(['replace']),
    )
    .action((options) =>
      run(async (stop) => (await import('../models.ts')).models('apply', { ...options, ...through(options), stop })),
    );

  onServer('update-registry', 'show the steps that a registry of an older Daybreak lacks, and run them')
    .option('--yes <database>', 'run them without asking: the name of the database')
    .action((options) =>
      run(async (stop) =>
        (await import('../models.ts')).updateRegistry({
          ...options,
          ...through(options),
          yes: options.yes === undefined ? [] : [options.yes],
          stop,
        }),
      ),
    );
  onServer('detach-script', 'print what a vendor’s upgrade runs with psql before it alters the tables of the ERP')
    .argument('[names...]', 'of read models (default: all of them)')
    .action((names: string[], options) =>
      run(async (stop) =>
        (await import('../models.ts')).modelsScript('detach', names, { ...options, ...through(options), stop }),
      ),
    );
  onServer('uninstall-script', 'print what takes the registry away with psql; stable views stay in use').action(
    (options) =>
      run(async (stop) =>
        (await import('../models.ts')).modelsScript('uninstall', [], { ...options, ...through(options), stop }),
      ),
  );
}
