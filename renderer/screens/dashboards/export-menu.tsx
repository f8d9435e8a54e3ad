import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconDownload,
  IconFileTypeCsv,
  IconFileTypePdf,
  IconFileTypePng,
  IconFileTypeSvg,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import type { ExportPaper } from '../../../shared/model/dashboard-export.ts';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { localTimeZone } from '../../app/local-time-zone.ts';
import type { Command } from '../../commands/commands.ts';
import { useCommands } from '../../commands/use-commands.ts';
import {
  cancelExports,
  exportDashboard,
  exportWidget,
  useRunningExports,
  type ExportView,
} from '../../stores/exports.ts';
import { runExport } from './run-export.tsx';

type Icon = ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;

const widgetFormats = [
  { format: 'png', name: 'PNG', title: 'Picture (PNG)', icon: IconFileTypePng },
  { format: 'svg', name: 'SVG', title: 'Drawing (SVG)', icon: IconFileTypeSvg },
  { format: 'csv', name: 'CSV', title: 'Rows (CSV)', icon: IconFileTypeCsv },
  { format: 'pdf', name: 'PDF', title: 'Page (PDF)', icon: IconFileTypePdf },
] as const;

const dashboardFormats = [
  { format: 'pdf', orientation: 'landscape', name: 'PDF', title: 'PDF, landscape', icon: IconFileTypePdf },
  { format: 'pdf', orientation: 'portrait', name: 'PDF, portrait', title: 'PDF, portrait', icon: IconFileTypePdf },
  { format: 'png', orientation: 'landscape', name: 'PNG', title: 'Picture (PNG)', icon: IconFileTypePng },
  { format: 'svg', orientation: 'landscape', name: 'SVG', title: 'Drawing (SVG)', icon: IconFileTypeSvg },
] as const;

/** Where people print on Letter; A4 everywhere else. */
const letterRegions = /-(US|CA|MX|CL|CO|PH|VE|CR|GT|PA|PR)$/;
const paperSize: ExportPaper['size'] = letterRegions.test(navigator.language) ? 'LETTER' : 'A4';

type Which = Pick<Dashboard, 'serverId' | 'dashboardId'>;

function viewOf({ serverId, dashboardId }: Which, orientation: ExportPaper['orientation']): ExportView {
  const theme = document.documentElement.dataset['mantineColorScheme'] === 'light' ? 'light' : 'dark';
  return { serverId, dashboardId, theme, timeZone: localTimeZone(), paper: { size: paperSize, orientation } };
}

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly icon: Icon;
  readonly what: string;
  readonly run: () => void;
}

const widgetChoices = (which: Which, { widgetId, title }: Widget): Choice[] =>
  widgetFormats.map(({ format, name, title: words, icon }) => {
    const what = `${title} as ${name}`;
    const ask = (signal: AbortSignal) => exportWidget(viewOf(which, 'landscape'), widgetId, format, signal);
    return { id: `${widgetId}-${format}`, title: words, icon, what, run: () => void runExport(what, ask) };
  });

const dashboardChoices = (dashboard: Dashboard): Choice[] =>
  dashboardFormats.map(({ format, orientation, name, title: words, icon }) => {
    const what = `${dashboard.title} as ${name}`;
    const ask = (signal: AbortSignal) => exportDashboard(viewOf(dashboard, orientation), format, signal);
    return { id: `dashboard-${format}-${orientation}`, title: words, icon, what, run: () => void runExport(what, ask) };
  });

/** Every export by its name in the palette, and how to end one that is under way. */
export function useExportCommands(dashboard: Dashboard): void {
  const busy = useRunningExports(({ running }) => running.size > 0);
  const choices = [
    ...dashboardChoices(dashboard),
    ...dashboard.widgets.flatMap((widget) => widgetChoices(dashboard, widget)),
  ];
  const commands: Command[] = choices.map(({ id, what, icon, run }) => ({
    id: `export-${id}`,
    title: `Export ${what}`,
    group: 'Export',
    icon,
    run,
  }));
  const cancel: Command = { id: 'export-cancel', title: 'Cancel the export', group: 'Export', run: cancelExports };
  useCommands('dashboard-exports', busy ? [...commands, cancel] : commands);
}

/** The widget's number as a file: an icon in its card. */
export function WidgetExportMenu({ which, widget }: { readonly which: Which; readonly widget: Widget }): ReactNode {
  const label = `Export ${widget.title}`;
  return (
    <ExportMenu choices={widgetChoices(which, widget)}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} title={label}>
        <IconDownload size={15} aria-hidden />
      </ActionIcon>
    </ExportMenu>
  );
}

/** The dashboard as one file. */
export function DashboardExportMenu({ dashboard }: { readonly dashboard: Dashboard }): ReactNode {
  return (
    <ExportMenu choices={dashboardChoices(dashboard)}>
      <Button
        leftSection={<IconDownload size={15} aria-hidden />}
        rightSection={<IconChevronDown size={14} aria-hidden />}
      >
        Export
      </Button>
    </ExportMenu>
  );
}

function ExportMenu({ choices, children }: { readonly choices: readonly Choice[]; readonly children: ReactNode }) {
  return (
    <Menu position="bottom-end" shadow="md" width={190}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ id, title, icon: FormatIcon, run }) => (
          <Menu.Item key={id} leftSection={<FormatIcon size={16} aria-hidden />} onClick={run}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
