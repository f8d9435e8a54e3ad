import { Command, CommanderError, Option } from 'commander';
import {
  exportPaperSchema,
  exportThemeSchema,
  widgetExportFormatSchema,
} from '../../../shared/model/dashboard-export.ts';
import { engineVersion } from '../../core/version.ts';
import { describeAlerts } from './commands/alerts.ts';
import { describeDiagnose } from './commands/diagnose.ts';
import { describeModels } from './commands/models.ts';
import { logLevel, positive, profile, secretsFile, through, wholeNumber, type Run } from './commands/options.ts';
import { describeSchedule } from './commands/schedule.ts';
import { procedures } from './procedures.ts';
import { addAttachOptions, addSshOptions } from './ssh-options.ts';
import type { Stop } from './stop.ts';

/**
 * Runs one command line; each command is loaded when it is asked for, so that help does not wait for the engine.
 * Resolves to the exit code; throws `Failure` for what a command could not do.
 */
export async function runProgram(argv: readonly string[], stop: Stop): Promise<number> {
  let exitCode = 0;
  const program = describeProgram(async (work) => {
    exitCode = await work(stop);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return exitCode;
}

function describeProgram(run: Run): Command {
  const program = new Command('daybreak')
    .description('A desktop console for the morning when the ERP is slow.')
    .version(engineVersion, '-v, --version')
    .showHelpAfterError('(daybreak --help tells more)')
    .exitOverride();

  const command = (name: string, description: string) => {
    const made = program.command(name).description(description).exitOverride();
    made.addOption(logLevel(name === 'agent' ? 'info' : 'warn'));
    return made;
  };

  addAttachOptions(command('serve', 'open Daybreak in a browser of this machine'))
    .addOption(profile())
    .addOption(secretsFile())
    .option('--port <port>', 'port on 127.0.0.1; 0: any free one', wholeNumber(0, 65_535), 0)
    .option('--open', 'open a browser window', false)
    .action((options) => run(async (stop) => (await import('./serve.ts')).serve({ ...options, stop })));

  addSshOptions(command('agent', 'sample a server and refresh its read models without a window, until stopped'))
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
      if (options.printUnit) return run(async () => (await import('./print-unit.ts')).printUnit(asked));
      return run(async (stop) => (await import('./agent.ts')).agent({ ...asked, stop }));
    });

  describeDiagnose(command, run);

  command('rescue', 'the whole story on the bundled demo ERP: slow morning, verdict, cure, proof')
    .option('--scale <factor>', '1: 600,000 invoices, a year of dates', positive, 1)
    .option('--managers <n>', 'people who open the executive dashboard', wholeNumber(1, 64), 8)
    .option('--rate <per-second>', 'invoices saved in a second', positive, 40)
    .option('--phase-seconds <s>', 'length of each phase', positive, 45)
    .option('--out <folder>', 'where report.html and report.json go', 'rescue')
    .option('--json', 'print the result as one JSON line, the story on standard error', false)
    .option('--keep', 'leave the ERP running until Ctrl-C', false)
    .action((options) => run(async (stop) => (await import('./rescue.ts')).rescue({ ...options, stop })));

  addAttachOptions(command('call', 'call a procedure; prints its value or its error as JSON, exit code 1 for an error'))
    .argument('<procedure>', 'for example connections.list')
    .argument('[json]', 'its input; - reads it from standard input, so that no secret stands in a process list', '{}')
    .addOption(profile())
    .addOption(secretsFile())
    .option('--events <n>', 'of a stream: end after n events', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', `\nProcedures:\n${procedures.map(({ name }) => `  ${name}`).join('\n')}`)
    .action((name: string, json: string, options) =>
      run(async (stop) => (await import('./call.ts')).call(name, json, { ...options, stop })),
    );

  command(
    'export',
    'write a dashboard, or one of its widgets, to a file: the last numbers that were read, with their age',
  )
    .argument('<dashboard>', 'its title or id')
    .option('--widget <title-or-id>', 'only this widget')
    .addOption(
      new Option('--format <format>', 'what to write; csv is for one widget')
        .choices(widgetExportFormatSchema.options)
        .default('pdf'),
    )
    .option('--out <file-or-folder>', 'where to (default: here, under a name with the title and the as-of time)')
    .option('--force', 'replace a file that is there already', false)
    .option('--server <label-or-id>', 'which server, or which opened pack, where several have such a dashboard')
    .option('--refresh', 'read the numbers anew first', false)
    .addOption(new Option('--theme <theme>', 'of pictures').choices(exportThemeSchema.options).default('light'))
    .option('--time-zone <name>', 'for as-of times', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .addOption(new Option('--paper <size>', 'of a PDF').choices(exportPaperSchema.shape.size.options).default('A4'))
    .option('--portrait', 'upright paper', false)
    .option('--no-bom', 'CSV without the mark that Excel takes for UTF-8')
    .addOption(profile())
    .action((name: string, options) =>
      run(async (stop) => (await import('./export.ts')).exportCommand(name, { ...options, stop })),
    );

  describeSchedule(program, run);
  describeModels(program, run);
  describeAlerts(program, run);

  addAttachOptions(command('start', 'open the desktop app, or the browser where there is no desktop'))
    .addOption(profile())
    .addOption(secretsFile('none; a desktop window uses the keychain'))
    .action((options) => run(async (stop) => (await import('./start.ts')).start({ ...options, stop })));
  return program;
}
