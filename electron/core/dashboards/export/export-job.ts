import type { ExportFilter, ExportPaper, ExportTheme } from '../../../../shared/model/dashboard-export.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';

/** A widget with the numbers that are shown; `data` null: there is no number of it yet, and `absent` says why. */
export interface ExportedWidget {
  readonly widget: Widget;
  readonly data: WidgetData | null;
  readonly absent: string | null;
}

/** What every export prints besides the numbers. */
export interface ExportSetting {
  readonly theme: ExportTheme;
  readonly timeZone: string;
  readonly filters: readonly ExportFilter[];
  readonly exportedAtMs: number;
  /** Name of the connection. */
  readonly serverLabel: string;
}

/** What the rendering thread is given: facts only, so that a picture can be made without engine and database. */
export type ExportJob =
  | {
      readonly kind: 'widget';
      readonly format: 'svg' | 'png' | 'pdf';
      readonly setting: ExportSetting;
      readonly paper: ExportPaper;
      readonly widget: Widget;
      readonly data: WidgetData;
    }
  | {
      readonly kind: 'dashboard';
      readonly format: 'svg' | 'png' | 'pdf';
      readonly setting: ExportSetting;
      readonly paper: ExportPaper;
      readonly title: string;
      readonly widgets: readonly ExportedWidget[];
    };

export interface RenderedExport {
  readonly bytes: Uint8Array;
  /** What the picture could not show, in sentences. */
  readonly notices: readonly string[];
}
