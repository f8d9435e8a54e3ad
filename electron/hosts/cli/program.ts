import { Command, CommanderError } from 'commander';
import { engineVersion } from '../../core/version.ts';
import { describeHelp } from './commands/help.ts';
import type { Run } from './commands/options.ts';
import type { Stop } from './stop.ts';

type Describe = (program: Command, run: Run) => void;

/** In the order of the help. */
const commands: Readonly<Record<string, () => Promise<Describe>>> = {
  serve: async () => (await import('./commands/serve.ts')).describeServe,
  agent: async () => (await import('./commands/agent.ts')).describeAgent,
  diagnose: async () => (await import('./commands/diagnose.ts')).describeDiagnose,
  rescue: async () => (await import('./commands/rescue.ts')).describeRescue,
  call: async () => (await import('./commands/call.ts')).describeCall,
  export: async () => (await import('./commands/export.ts')).describeExport,
  schedule: async () => (await import('./commands/schedule.ts')).describeSchedule,
  runs: async () => (await import('./commands/runs.ts')).describeRuns,
  models: async () => (await import('./commands/models.ts')).describeModels,
  alerts: async () => (await import('./commands/alerts.ts')).describeAlerts,
  start: async () => (await import('./commands/start.ts')).describeStart,
};

/**
 * Runs one command line. The one command is loaded that it names, and its work when that begins: a window waits for it.
 * Resolves to the exit code; throws `Failure` for what a command could not do.
 */
export async function runProgram(argv: readonly string[], stop: Stop): Promise<number> {
  let exitCode = 0;
  const program = new Command('daybreak')
    .description('A desktop console for the morning when the ERP is slow.')
    .version(engineVersion, '-v, --version')
    .showHelpAfterError('(daybreak --help tells more)')
    .exitOverride();
  const run: Run = async (work) => {
    exitCode = await work(stop);
  };
  for (const load of named(argv[0])) (await load())(program, run);
  describeHelp(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return exitCode;
}

/** All of them where help is asked for, or nothing that there is. */
function named(name: string | undefined): readonly (() => Promise<Describe>)[] {
  const known = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  return known === undefined ? Object.values(commands) : [known];
}
