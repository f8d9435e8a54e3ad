import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  exportPaperSchema,
  exportThemeSchema,
  widgetExportFormatSchema,
} from '../../../shared/model/dashboard-export.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { engineVersion } from '../../core/version.ts';
import { momentFrom } from './moment.ts';
import { procedures } from './procedures.ts';
import { addAttachOptions, addSshOptions, withSsh, type SshOptions } from './ssh-options.ts';
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

type Run = (work: (stop: Stop) => Promise<number>) => Promise<void>;

function describeProgram(run: Run): Command {
  const program = new Command('daybreak')
    .description('A desktop console for the morning when the ERP is slow.')
    .version(engineVersion, '-v, --version')
    .showHelpAfterError('(daybreak --help tells more)')
    .exitOverride();

  const command = (name: string, description: string) => {
    const made = program.command(name).description(description).exitOverride();
    made.addOption(logLevel());
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

  addSshOptions(command('diagnose', 'who slows OLTP down: samples a server for some minutes and prints the verdict'))
    .addOption(
      new Option(
        '--url <postgres-url>',
        'what to sample; the password is better in PGPASSWORD, a passfile or a service file',
      ).env('DAYBREAK_URL'),
    )
    .option('--minutes <n>', 'how long to sample, once a second', upTo(24 * 60), 5)
    .option('--json', 'print one JSON document on standard output and nothing else', false)
    // Not DAYBREAK_PROFILE: without the option, nothing of the diagnosis stays on this machine.
    .option('--profile <folder>', 'keep the samples there, or read --from and --to there (default: nothing is kept)')
    .option('--capture <file>', 'diagnose a capture instead, or its part between --from and --to')
    .option('--cores <n>', 'processors of the server, which PostgreSQL does not tell', wholeNumber(1, 65_536))
    .option('--reported <seconds>', 'what people say that a save takes', positive)
    .option(
      '--from <time>',
      'diagnose stored history of --profile instead: 2026-11-20T08:00, or 08:00 of today',
      moment,
    )
    .option('--to <time>', 'where it ends (default: now)', moment)
    .addHelpText('after', diagnoseHelp)
    .exitOverride(wrongUsage)
    .action((options, command: Command) => {
      const wrong = wrongCombination(options);
      if (wrong !== null) command.error(`error: ${wrong}`, { exitCode: 2 });
      const given = (name: string) => command.getOptionValueSource(name) === 'cli';
      const asked = {
        ...options,
        ...through(options),
        urlInArguments: given('url'),
        // Its lines are for people; a log would tear the one that rewrites itself.
        logLevel: command.getOptionValueSource('logLevel') === 'default' ? 'error' : options.logLevel,
      };
      return run(async (stop) => (await import('./diagnose.ts')).diagnoseCommand({ ...asked, stop }));
    });

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
    .option('--server <label-or-id>', 'which server, where several have such a dashboard')
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

  const schedule = program
    .command('schedule')
    .description('when read models are refreshed: look, set, pause, resume, ask for a refresh, cancel one')
    .exitOverride();
  const scheduled = (made: Command) =>
    made
      .exitOverride()
      .addOption(serverUrl())
      .option('--json', 'print one JSON document on standard output and nothing else', false)
      .addOption(profile())
      .addOption(logLevel());
  scheduled(schedule.command('list').description('every schedule, what is due, and who refreshes')).action((options) =>
    run(async (stop) => (await import('./schedule.ts')).scheduleList({ ...options, stop })),
  );
  scheduled(schedule.command('set').description('set the schedule of a read model; shows its next ten runs'))
    .argument('<read-model>')
    .option('--budget', 'early enough for the smallest freshness budget of its consumers')
    .option('--cron <expression>', "at these times, as in '30 6 * * 1-5'")
    .option('--time-zone <name>', 'whose clock that is', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .option('--after <read-models...>', 'when each of these has been refreshed')
    .option('--by-hand', 'only when somebody asks')
    .option('--preview', 'set nothing', false)
    .action((name: string, options) =>
      run(async (stop) => (await import('./schedule.ts')).scheduleSet(name, { ...options, stop })),
    );
  scheduled(schedule.command('pause').description('hold a read model until somebody resumes it'))
    .argument('<read-model>')
    .option('--why <text>', 'for those who wonder', '')
    .action((name: string, options) =>
      run(async (stop) => (await import('./schedule.ts')).schedulePause(name, options.why, { ...options, stop })),
    );
  scheduled(schedule.command('resume').description('let a paused or stopped schedule go on'))
    .argument('<read-model>')
    .action((name: string, options) =>
      run(async (stop) => (await import('./schedule.ts')).scheduleResume(name, { ...options, stop })),
    );
  scheduled(schedule.command('refresh').description('ask the runners for a refresh now'))
    .argument('<read-model>')
    .option('--here', 'refresh at once, in this process', false)
    .action((name: string, options) =>
      run(async (stop) => (await import('./schedule.ts')).scheduleRefresh(name, { ...options, stop })),
    );
  scheduled(schedule.command('cancel').description('cancel the refresh that runs now, whichever engine runs it'))
    .argument('<read-model>')
    .option('--run <id>', 'only that run, as `daybreak runs --json` names it')
    .action((name: string, options) =>
      run(async (stop) => (await import('./schedule.ts')).scheduleCancel(name, { ...options, stop })),
    );
  scheduled(program.command('runs').description('refreshes and held-back turns, latest first'))
    .argument('[read-model]')
    .option('--limit <n>', 'how many', wholeNumber(1, 5_000), 50)
    .option('--days <n>', 'how far back', positive, 7)
    .action((name: string | undefined, options) =>
      run(async (stop) => (await import('./schedule.ts')).runs(name, { ...options, stop })),
    );

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
    run(async (stop) => (await import('./models.ts')).models('export', { ...options, ...through(options), stop })),
  );
  modelsCommand('diff', 'say what differs; exit code 1 where something does').action((options) =>
    run(async (stop) => (await import('./models.ts')).models('diff', { ...options, ...through(options), stop })),
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
      run(async (stop) => (await import('./models.ts')).models('apply', { ...options, ...through(options), stop })),
    );

  onServer('update-registry', 'show the steps that a registry of an older Daybreak lacks, and run them')
    .option('--yes <database>', 'run them without asking: the name of the database')
    .action((options) =>
      run(async (stop) =>
        (await import('./models.ts')).updateRegistry({
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
        (await import('./models.ts')).modelsScript('detach', names, { ...options, ...through(options), stop }),
      ),
    );
  onServer('uninstall-script', 'print what takes the registry away with psql; stable views stay in use').action(
    (options) =>
      run(async (stop) =>
        (await import('./models.ts')).modelsScript('uninstall', [], { ...options, ...through(options), stop }),
      ),
  );

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
    'look at the server and print what is open; exit code 1 where something is, or nobody could look',
  )
    .addOption(serverUrl())
    .action((options) => run(async (stop) => (await import('./alerts.ts')).listAlerts({ ...options, stop })));
  alertsCommand('ack', 'say that you take care of an open alert')
    .argument('<subject-or-id>', 'the read model or agent that it is about, or its id')
    .addOption(serverUrl())
    .action((episode: string, options) =>
      run(async (stop) => (await import('./alerts.ts')).acknowledgeAlert(episode, { ...options, stop })),
    );
  alertsCommand('test', 'send a test message; exit code 1 where one does not arrive')
    .argument('[channel]', 'its name (default: all that are switched on)')
    .action((channel: string | undefined, options) =>
      run(async (stop) => (await import('./alerts.ts')).testAlerts(channel, { ...options, stop })),
    );

  addAttachOptions(command('start', 'open the desktop app, or the browser where there is no desktop'))
    .addOption(profile())
    .addOption(secretsFile('none; a desktop window uses the keychain'))
    .action((options) => run(async (stop) => (await import('./start.ts')).start({ ...options, stop })));
  return program;
}

function through(options: SshOptions & { readonly url?: string }): { readonly url?: string } {
  if (options.url !== undefined) return { url: withSsh(options.url, options) };
  if (options.ssh === undefined) return {};
  throw new Failure({ code: 'invalid_input', message: '--ssh is the way to the server of --url: say which one.' });
}

const diagnoseHelp = `
Samples activity every second and statistics every 5 seconds with one connection; creates nothing on the server and
resets nothing. It sees most as a member of pg_monitor and with pg_stat_statements, and says what is missing. Ctrl-C
ends it early and diagnoses what there is. A quiet stretch before or after the slow one makes the best comparison:
of what was sampled, or of a capture without --from, the slowest stretch is taken for the incident, which is said.

Exit codes: 0 a verdict was reached ("not enough data" and "no damage" are verdicts too), 1 a failure, 2 wrong usage.

Examples:
  daybreak diagnose --url postgres://monitor@db.example/erp --minutes 10
  daybreak diagnose --url service=erp --minutes 10 --reported 30 --json > verdict.json
  daybreak diagnose --profile ~/.local/share/daybreak --from 07:50 --to 08:20
  daybreak diagnose --capture monday.daybreak`;

/** Wrong usage is 2; help that was asked for is 0. */
function wrongUsage(error: CommanderError): never {
  throw new CommanderError(error.exitCode === 0 ? 0 : 2, error.code, error.message);
}

function wrongCombination(options: {
  readonly url?: string;
  readonly capture?: string;
  readonly profile?: string;
  readonly from?: number;
  readonly to?: number;
}): string | null {
  const { url, capture, profile: folder, from, to } = options;
  if (from !== undefined && to !== undefined && to <= from) return '--to lies before --from';
  if (capture !== undefined) return null;
  if (to !== undefined && from === undefined) return '--to needs --from';
  if (from === undefined)
    return url === undefined ? 'say what to sample with --url, or what is stored with --from or --capture' : null;
  return folder === undefined ? '--from reads stored history: say where with --profile' : null;
}

function moment(text: string): number {
  const atMs = momentFrom(text, new Date());
  if (atMs === null) throw new InvalidArgumentError('A time like 2026-11-20T08:00 or 08:00 is needed.');
  return atMs;
}

const serverUrl = () =>
  new Option(
    '--url <postgres-url>',
    'which server (default: the only one of the profile); the password is better in PGPASSWORD or a passfile',
  ).env('DAYBREAK_URL');

const profile = () =>
  new Option(
    '--profile <folder>',
    'where connections and history are kept (default: the data folder of this user)',
  ).env('DAYBREAK_PROFILE');

const secretsFile = (usual = 'none, they are forgotten at the end') =>
  new Option(
    '--secrets-file <file>',
    `keep passwords there, in clear, for its user alone (0600 in a folder of 0700; default: ${usual})`,
  );

const logLevel = () =>
  new Option('--log-level <level>', 'how much is logged to standard error')
    .env('DAYBREAK_LOG_LEVEL')
    .choices(['debug', 'info', 'warn', 'error', 'silent'])
    .default('warn');

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
}

const upTo =
  (most: number) =>
  (text: string): number => {
    const value = positive(text);
    if (value > most) throw new InvalidArgumentError(`A number up to ${most} is needed.`);
    return value;
  };

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    return value;
  };
