import type { Command } from 'commander';
import { addCommand, positive, wholeNumber, type Run } from './options.ts';

/** `daybreak rescue` */
export function describeRescue(program: Command, run: Run): void {
  addCommand(program, 'rescue', 'the whole story on the bundled demo ERP: slow morning, verdict, cure, proof')
    .option('--scale <factor>', '1: 600,000 invoices, a year of dates', positive, 1)
    .option('--managers <n>', 'people who open the executive dashboard', wholeNumber(1, 64), 8)
    .option('--rate <per-second>', 'invoices saved in a second', positive, 40)
    .option('--phase-seconds <s>', 'length of each phase', positive, 45)
    .option('--out <folder>', 'where report.html and report.json go', 'rescue')
    .option('--json', 'print the result as one JSON line, the story on standard error', false)
    .option('--keep', 'leave the ERP running until Ctrl-C', false)
    .action((options) => run(async (stop) => (await import('../rescue.ts')).rescue({ ...options, stop })));
}
