import type { Command } from 'commander';
import { logLevel, positive, profile, serverUrl, wholeNumber, type Run } from './options.ts';

/** `daybreak schedule …` and `daybreak runs`. */
export function describeSchedule(program: Command, run: Run): void {
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
    run(async (stop) => (await import('../schedule.ts')).scheduleList({ ...options, stop })),
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
      run(async (stop) => (await import('../schedule.ts')).scheduleSet(name, { ...options, stop })),
    );
  scheduled(schedule.command('pause').description('hold a read model until somebody resumes it'))
    .argument('<read-model>')
    .option('--why <text>', 'for those who wonder', '')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).schedulePause(name, options.why, { ...options, stop })),
    );
  scheduled(schedule.command('resume').description('let a paused or stopped schedule go on'))
    .argument('<read-model>')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleResume(name, { ...options, stop })),
    );
  scheduled(schedule.command('refresh').description('ask the runners for a refresh now'))
    .argument('<read-model>')
    .option('--here', 'refresh at once, in this process', false)
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleRefresh(name, { ...options, stop })),
    );
  scheduled(schedule.command('cancel').description('cancel the refresh that runs now, whichever engine runs it'))
    .argument('<read-model>')
    .option('--run <id>', 'only that run, as `daybreak runs --json` names it')
    .action((name: string, options) =>
      run(async (stop) => (await import('../schedule.ts')).scheduleCancel(name, { ...options, stop })),
    );
  scheduled(program.command('runs').description('refreshes and held-back turns, latest first'))
    .argument('[read-model]')
    .option('--limit <n>', 'how many', wholeNumber(1, 5_000), 50)
    .option('--days <n>', 'how far back', positive, 7)
    .action((name: string | undefined, options) =>
      run(async (stop) => (await import('../schedule.ts')).runs(name, { ...options, stop })),
    );
}
