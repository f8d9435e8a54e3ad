import { localizedWidgets } from '../../../../shared/model/localized-widgets.ts';
import { byteOrderMark, widgetCsv } from '../../../../shared/format/widget-csv.ts';
import { zonedTime } from '../../../../shared/format/zoned-time.ts';
import type {
  DashboardExportFormat,
  ExportedFile,
  ExportFilter,
  ExportPaper,
  ExportTheme,
  WidgetExportFormat,
} from '../../../../shared/model/dashboard-export.ts';
import type { FilterValues } from '../../../../shared/model/dashboard-filter.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { holdsAt, oldest, type Freshness } from '../../../../shared/model/freshness.ts';
import type { Clock } from '../../ports.ts';
import { exportFileName } from './export-file-name.ts';
import type { ExportedWidget, ExportSetting } from './export-job.ts';
import type { ExportRenderer } from './export-renderer.ts';

/** Where the numbers on the screen are: the newest stored result of each widget, and no query. */
export interface ShownDashboards {
  get(serverId: string, dashboardId: string): Promise<Dashboard>;
  cached(serverId: string, dashboardId: string, filters: FilterValues): Promise<readonly WidgetData[]>;
  /** As people read them. Throws `invalid_input` for what the dashboard cannot be filtered by. */
  printedFilters(dashboard: Dashboard, filters: FilterValues): readonly ExportFilter[];
  labelOf(serverId: string): Promise<string>;
}

export interface ExportChoices {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly theme: ExportTheme;
  readonly timeZone: string;
  readonly filters: FilterValues;
  readonly paper: ExportPaper;
}

export interface WidgetExport extends ExportChoices {
  readonly widgetId: string;
  readonly format: WidgetExportFormat;
  readonly byteOrderMark: boolean;
}

export interface DashboardExport extends ExportChoices {
  readonly format: DashboardExportFormat;
}

const mediaTypes: Readonly<Record<WidgetExportFormat, string>> = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
};

/** Files of the numbers that are shown. */
export class DashboardExports {
  readonly #shown: ShownDashboards;
  readonly #renderer: ExportRenderer;
  readonly #clock: Clock;

  constructor(shown: ShownDashboards, renderer: ExportRenderer, clock: Clock) {
    this.#shown = shown;
    this.#renderer = renderer;
    this.#clock = clock;
  }

  /**
   * One widget as a file. Throws `not_found` for a widget that does not exist or has no number yet, `invalid_input` for
   * a time zone that does not, `cancelled`, and `not_available` for what is too large to be drawn.
   */
  async exportWidget(asked: WidgetExport, signal?: AbortSignal): Promise<ExportedFile> {
    const { widgetId, format, paper, timeZone } = asked;
    const { dashboard, widgets, setting } = await this.#gathered(asked);
    const found = widgets.find(({ widget }) => widget.widgetId === widgetId);
    if (found === undefined) {
      throw new Failure({
        code: 'not_found',
        message: `The dashboard ${dashboard.title} has no widget ${widgetId}.`,
        detail: { dashboardId: dashboard.dashboardId, widgetId },
      });
    }
    const { widget, data } = found;
    if (data === null) throw nothingYet(`"${widget.title}"`, dashboard);
    const name = exportFileName(widget.title, asOfMs(data.freshness), timeZone, format);
    if (format === 'csv') {
      const text = `${asked.byteOrderMark ? byteOrderMark : ''}${widgetCsv(data, [...setting.filters, ...notReached([found])])}`;
      return file(name, format, new TextEncoder().encode(text), []);
    }
    const { bytes, notices } = await this.#renderer.render(
      { kind: 'widget', format, setting: saying(setting, [found]), paper, widget, data },
      signal,
    );
    return file(name, format, bytes, notices);
  }

  /** A dashboard as one file; a widget without a number says so in it. Throws as `exportWidget`. */
  async exportDashboard(asked: DashboardExport, signal?: AbortSignal): Promise<ExportedFile> {
    const { format, paper, timeZone } = asked;
    const { dashboard, widgets, setting } = await this.#gathered(asked);
    const numbers = widgets.flatMap(({ data }) => (data === null ? [] : [data.freshness]));
    if (numbers.length === 0) throw nothingYet(`the dashboard ${dashboard.title}`, dashboard);
    const { title } = dashboard;
    const { bytes, notices } = await this.#renderer.render(
      { kind: 'dashboard', format, setting: saying(setting, widgets), paper, title, widgets },
      signal,
    );
    const name = exportFileName(title, asOfMs(oldest(numbers)), timeZone, format);
    const absent = widgets.flatMap(({ widget, data }) =>
      data === null ? [`"${widget.title}" has no number yet and says so in the file.`] : [],
    );
    return file(name, format, bytes, [...absent, ...notices]);
  }

  async stop(): Promise<void> {
    await this.#renderer.stop();
  }

  async #gathered({ serverId, dashboardId, theme, timeZone, filters }: ExportChoices) {
    refuseUnknownZone(timeZone);
    const dashboard = await this.#shown.get(serverId, dashboardId);
    const printed = this.#shown.printedFilters(dashboard, filters);
    const saved = await this.#shown.cached(serverId, dashboardId, filters);
    const readable = saved.filter(({ unreadable }) => unreadable === undefined);
    const nowMs = this.#clock.nowMs();
    const numbers = new Map(readable.map((data) => [data.widgetId, heldAt(data, nowMs)]));
    const widgets = localizedWidgets(dashboard).map((widget): ExportedWidget => {
      const data = numbers.get(widget.widgetId) ?? null;
      return { widget, data, absent: data === null ? 'No number of this widget was read yet.' : null };
    });
    const setting: ExportSetting = {
      theme,
      timeZone,
      filters: printed,
      exportedAtMs: this.#clock.nowMs(),
      serverLabel: await this.#shown.labelOf(serverId),
    };
    return { dashboard, widgets, setting };
  }
}

/** A number that a filter does not reach must not look like one that it does, on paper either. */
function notReached(widgets: readonly ExportedWidget[]): ExportFilter[] {
  const titles = new Map<string, string[]>();
  for (const { widget, data } of widgets) {
    for (const { label } of data?.filtering?.notApplied ?? []) {
      titles.set(label, [...(titles.get(label) ?? []), widget.title]);
    }
  }
  return [...titles].map(([label, of]) => ({ title: `Not filtered by ${label}`, text: of.join(', ') }));
}

const saying = (setting: ExportSetting, widgets: readonly ExportedWidget[]): ExportSetting => ({
  ...setting,
  filters: [...setting.filters, ...notReached(widgets)],
});

function file(
  fileName: string,
  format: WidgetExportFormat,
  bytes: Uint8Array,
  notices: readonly string[],
): ExportedFile {
  return {
    fileName,
    mediaType: mediaTypes[format],
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    sizeBytes: bytes.byteLength,
    notices: [...notices],
  };
}

/** A file cannot tell when a window opens: it says what holds as it is written. */
function heldAt(data: WidgetData, nowMs: number): WidgetData {
  const { holds, ...freshness } = data.freshness;
  return holds === undefined ? data : { ...data, freshness: { ...freshness, holds: holdsAt(holds, nowMs) } };
}

function asOfMs(freshness: Freshness | null): number | null {
  return freshness?.asOf == null ? null : Date.parse(freshness.asOf);
}

const nothingYet = (what: string, dashboard: Dashboard): Failure =>
  new Failure({
    code: 'not_found',
    message: `There is nothing to export yet: no number of ${what} was read so far. Open the dashboard while the database is within reach, then export again.`,
    detail: { dashboardId: dashboard.dashboardId },
    retryable: true,
  });

function refuseUnknownZone(timeZone: string): void {
  try {
    zonedTime(0, timeZone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(
      {
        code: 'invalid_input',
        message: `There is no time zone ${JSON.stringify(timeZone)}. Give an IANA name such as Europe/Berlin, or UTC.`,
      },
      { cause: error },
    );
  }
}
