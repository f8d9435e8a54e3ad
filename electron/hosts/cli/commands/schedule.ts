import type { Command } from 'commander';
import { addServerOptions, type Run } from './options.ts';

/** `daybreak schedule …` */
export function describeSchedule(program: Command, run: Run): void {
  const schedule = program
    .command('schedule')
    .description('when read models are refreshed: look, set, pause, resume, ask for a refresh, cancel one')
    .exitOverride();
  addServerOptions(schedule.command('list').description('every schedule, what is due, and who refreshes')).action(
    (options) => run(async (stop) => (await import('../schedule.ts')).scheduleList({ ...options, stop })),
  );
  addServerOptions(schedule.command('set').description('set the schedule of a read model; shows its next ten runs'))
    .argument('<read-model>')
    .option('--budget', 'early enough for the smallest freshness budget of its consumers')
    .option('--cron <expression>', "at these times, as in '30 6 * * 1-5'")
    .option('--time-zone <name>', 'whose clock that is', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .option('--after <read-models...>', 'when each of these has been refreshed')
    .option('--by-hand', 'only when somebody asks')
    .option('--preview', 'set nothing', false)
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleSet(name, { ...options, stop })),
    );
  addServerOptions(schedule.command('pause').description('hold a read model until somebody resumes it'))
    .argument('<read-model>')
    .option('--why <text>', 'for those who wonder', '')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).schedulePause(name, options.why, { ...options, stop })),
    );
  addServerOptions(schedule.command('resume').description('let a paused or stopped schedule go on'))
    .argument('<read-model>')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleResume(name, { ...options, stop })),
    );
  addServerOptions(schedule.command('refresh').description('ask the runners for a refresh now'))
    .argument('<read-model>')
    .option('--here', 'refresh at once, in this process', false)
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleRefresh(name, { ...options, stop })),
    );
  addServerOptions(schedule.command('cancel').description('cancel the refresh that runs now, whichever engine runs it'))
    .argument('<read-model>')
    .option('--run <id>', 'only that run, as `daybreak runs --json` names it')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleCancel(name, { ...options, stop })),
    );
}
