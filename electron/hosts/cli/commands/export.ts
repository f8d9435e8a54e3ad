import { Option, type Command } from 'commander';
import {
  exportPaperSchema,
  exportThemeSchema,
  widgetExportFormatSchema,
} from '../../../../shared/model/dashboard-export.ts';
import { addCommand, profile, type Run } from './options.ts';

/** `daybreak export` */
export function describeExport(program: Command, run: Run): void {
  addCommand(
    program,
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
      run(async (stop) => (await import('../export.ts')).exportCommand(name, { ...options, stop })),
    );
}
