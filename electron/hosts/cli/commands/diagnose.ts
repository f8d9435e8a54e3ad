import { CommanderError, InvalidArgumentError, Option, type Command } from 'commander';
import { momentFrom } from '../moment.ts';
import { addSshOptions } from '../ssh-options.ts';
import { addCommand, positive, through, upTo, wholeNumber, type Run } from './options.ts';

/** `daybreak diagnose`. */
export function describeDiagnose(program: Command, run: Run): void {
  addSshOptions(
    addCommand(program, 'diagnose', 'who slows OLTP down: samples a server for some minutes and prints the verdict'),
  )
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
      return run(async (stop) => (await import('../diagnose.ts')).diagnoseCommand({ ...asked, stop }));
    });
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
