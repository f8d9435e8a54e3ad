import { z } from 'zod';
import { filterValuesSchema } from './dashboard-filter.ts';

export const exportThemeSchema = z.enum(['light', 'dark']);
export type ExportTheme = z.infer<typeof exportThemeSchema>;

export const widgetExportFormatSchema = z.enum(['png', 'svg', 'csv', 'pdf']);
export type WidgetExportFormat = z.infer<typeof widgetExportFormatSchema>;

export const dashboardExportFormatSchema = z.enum(['pdf', 'png', 'svg']);
export type DashboardExportFormat = z.infer<typeof dashboardExportFormatSchema>;

export const exportPaperSchema = z.object({
  size: z.enum(['A4', 'LETTER']),
  orientation: z.enum(['portrait', 'landscape']),
});
export type ExportPaper = z.infer<typeof exportPaperSchema>;

export const defaultPaper: ExportPaper = { size: 'A4', orientation: 'landscape' };

/** One filter of the dashboard as people read it: 'Region', 'North, South'. */
export const exportFilterSchema = z.object({ title: z.string(), text: z.string() });
export type ExportFilter = z.infer<typeof exportFilterSchema>;

/** What is printed, and for whom. */
export const exportChoicesSchema = z.object({
  theme: exportThemeSchema.default('light'),
  /** IANA name; as-of times are printed in it, with its name. */
  timeZone: z.string().default('UTC'),
  /** What the reader has chosen, by filterId. */
  filters: filterValuesSchema.default({}),
  paper: exportPaperSchema.default(defaultPaper),
});

export const exportedFileSchema = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  base64: z.string(),
  sizeBytes: z.number().int(),
  /** What the file could not show, in sentences: numbers that are not there yet, characters that no font draws. */
  notices: z.array(z.string()),
});
export type ExportedFile = z.infer<typeof exportedFileSchema>;
