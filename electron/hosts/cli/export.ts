import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import type {
  ExportedFile,
  ExportPaper,
  ExportTheme,
  WidgetExportFormat,
} from '../../../shared/model/dashboard-export.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import { value } from './known-server.ts';
import { isPack, namedDashboard, type NamedDashboard } from './named-dashboard.ts';
import type { Stop } from './stop.ts';
import { writeExport } from './write-export.ts';

export interface ExportOptions {
  readonly widget?: string | undefined;
  readonly format: WidgetExportFormat;
  readonly out?: string | undefined;
  readonly server?: string | undefined;
  readonly refresh: boolean;
  readonly theme: ExportTheme;
  readonly timeZone: string;
  readonly paper: ExportPaper['size'];
  readonly portrait: boolean;
  readonly bom: boolean;
  readonly force: boolean;
  readonly profile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

/** `daybreak export`: a dashboard or one of its widgets as a file. Says what it wrote, and what the file could not show. */
export async function exportCommand(name: string, options: ExportOptions): Promise<number> {
  const logger = stderrLogger(options.logLevel);
  const engine = await openCliEngine({ profile: options.profile, door: 'command line', logger, background: false });
  try {
    const { client } = engine;
    const named = await namedDashboard(client, name, options.server);
    if (options.refresh) refuseRefreshOfPack(named);
    const { dashboard } = named;
    const widget = options.widget === undefined ? null : widgetNamed(dashboard, options.widget);
    if (options.refresh) await refresh(client, dashboard, widget, options.stop.signal);
    const exported = await exportedFile(client, dashboard, widget, options);
    const file = await writeExport(
      { out: options.out, fileName: exported.fileName, force: options.force },
      Buffer.from(exported.base64, 'base64'),
    );
    process.stdout.write(`Written to ${file} (${exported.sizeBytes} bytes).\n`);
    for (const notice of exported.notices) process.stderr.write(`${notice}\n`);
    return 0;
  } finally {
    await engine.close();
  }
}

async function exportedFile(
  client: EngineClient,
  dashboard: Dashboard,
  widget: Widget | null,
  { format, theme, timeZone, paper, portrait, bom, stop }: ExportOptions,
): Promise<ExportedFile> {
  const { serverId, dashboardId } = dashboard;
  const asked = {
    serverId,
    dashboardId,
    theme,
    timeZone,
    paper: { size: paper, orientation: portrait ? ('portrait' as const) : ('landscape' as const) },
  };
  const { signal } = stop;
  if (widget !== null) {
    const { widgetId } = widget;
    return value(await client.dashboards.exportWidget({ ...asked, widgetId, format, byteOrderMark: bom }, { signal }));
  }
  if (format === 'csv') {
    throw new Failure({
      code: 'invalid_input',
      message: `CSV holds one table, and ${dashboard.title} has ${dashboard.widgets.length} widgets: say with --widget which one.`,
    });
  }
  return value(await client.dashboards.exportDashboard({ ...asked, format }, { signal }));
}

function refuseRefreshOfPack({ dashboard, owner }: NamedDashboard): void {
  if (!isPack(owner)) return;
  throw new Failure({
    code: 'not_available',
    message: `${dashboard.title} is from the pack ${owner.settings.label}, and there is no server to read its numbers anew: leave out --refresh.`,
  });
}

function widgetNamed({ title, widgets }: Dashboard, name: string): Widget {
  const [found] = widgets.filter((widget) => widget.widgetId === name || widget.title === name);
  if (found !== undefined) return found;
  throw new Failure({
    code: 'not_found',
    message: `${title} has no widget ${JSON.stringify(name)}. It has: ${widgets.map((widget) => widget.title).join(', ')}.`,
  });
}

/** Reads every number anew first. One that cannot be read is told; the last one of it is exported with its age. */
async function refresh(
  client: EngineClient,
  { serverId, dashboardId, widgets }: Dashboard,
  only: Widget | null,
  signal: AbortSignal,
): Promise<void> {
  for (const { widgetId, title } of only === null ? widgets : [only]) {
    const reply = await client.dashboards.data({ serverId, dashboardId, widgetId }, { signal });
    if (!reply.ok) process.stderr.write(`${title}: ${reply.error.message}\n`);
  }
}
