import type { Command } from 'commander';
import { addServerOptions, positive, wholeNumber, type Run } from './options.ts';

/** `daybreak runs` */
export function describeRuns(program: Command, run: Run): void {
  addServerOptions(program.command('runs').description('refreshes and held-back turns, latest first'))
    .argument('[read-model]')
    .option('--limit <n>', 'how many', wholeNumber(1, 5_000), 50)
    .option('--days <n>', 'how far back', positive, 7)
    .action((name: string | undefined, options) =>
      run(async (stop) => (await import('../schedule.ts')).runs(name, { ...options, stop })),
    );
}
