import { z } from 'zod';
import { chartOptionsSchema, comparisonSchema } from './chart-options.ts';
import { dashboardFilterSchema, widgetFilteringSchema } from './dashboard-filter.ts';
import { budgetSchema, freshnessSchema } from './freshness.ts';
import { columnSchema } from './read-model.ts';

/** `combined`: bars, and lines against a second axis. */
export const widgetKindSchema = z.enum(['number', 'bar', 'line', 'stacked', 'combined', 'table', 'aging', 'heatmap']);
export type WidgetKind = z.infer<typeof widgetKindSchema>;

/** Grid: 12 columns wide. */
export const widgetLayoutSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  w: z.number().int(),
  h: z.number().int(),
});
export type WidgetLayout = z.infer<typeof widgetLayoutSchema>;

/** Where a widget's number comes from now. */
export const widgetSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('live'), sql: z.string() }),
  z.object({ kind: z.literal('read_model'), readModel: z.string(), sql: z.string() }),
]);
export type WidgetSource = z.infer<typeof widgetSourceSchema>;

export const columnFormatSchema = z.enum(['text', 'integer', 'decimal', 'money', 'percent', 'date', 'month', 'week']);

export const widgetSchema = z.object({
  widgetId: z.string(),
  title: z.string(),
  question: z.string(),
  kind: widgetKindSchema,
  source: widgetSourceSchema,
  /** The query over base tables that the widget began with: names it in findings, and is what a dropped read model falls back to. */
  liveSql: z.string().optional(),
  budget: budgetSchema,
  /** Columns by role: category axis, series, value(s). Names of result columns. */
  x: z.string().nullable(),
  series: z.string().nullable(),
  values: z.array(z.string()).min(1),
  formats: z.record(z.string(), columnFormatSchema),
  currency: z.string().nullable(),
  /** Columns whose money is in another currency than `currency`, by name. */
  currencies: z.record(z.string(), z.string()).optional(),
  /** BCP 47; left out: that of the dashboard. */
  locale: z.string().optional(),
  /** Of kind 'number'. */
  comparison: comparisonSchema.optional(),
  options: chartOptionsSchema.optional(),
  /** Who speaks for it: stands in the registry as the owner of this consumer of its read model. */
  owner: z.string().optional(),
  layout: widgetLayoutSchema,
});
export type Widget = z.infer<typeof widgetSchema>;

export const dashboardSchema = z.object({
  dashboardId: z.string(),
  serverId: z.string(),
  title: z.string(),
  widgets: z.array(widgetSchema),
  /** In the order in which they are shown; left out: none. */
  filters: z.array(dashboardFilterSchema).optional(),
  /** BCP 47, of the numbers and dates on it; left out: Daybreak's own. */
  locale: z.string().optional(),
  /** Widgets that were taken off and can be put back, the last one first. */
  removed: z.array(widgetSchema).optional(),
});
export type Dashboard = z.infer<typeof dashboardSchema>;

/** A dashboard that was removed and can be put back. */
export const removedDashboardSchema = z.object({
  dashboardId: z.string(),
  title: z.string(),
  widgets: z.number().int(),
  removedAtMs: z.number(),
  /** From then on it is gone for good. */
  keptUntilMs: z.number(),
});
export type RemovedDashboard = z.infer<typeof removedDashboardSchema>;

/** A widget as a person edits it; left out, its place is the first free one. */
export const widgetDraftSchema = widgetSchema
  .omit({ widgetId: true, liveSql: true, layout: true })
  .extend({ layout: widgetLayoutSchema.optional() });
export type WidgetDraft = z.infer<typeof widgetDraftSchema>;

/** A cell is text exactly as the server printed it, or null: money stays exact. */
export const cellSchema = z.string().nullable();

export const widgetDataSchema = z.object({
  widgetId: z.string(),
  columns: z.array(columnSchema),
  rows: z.array(z.array(cellSchema)),
  freshness: freshnessSchema,
  /** How long the server took, ms; null out of the cache. */
  tookMs: z.number().nullable(),
  /** What became of the chosen filters; left out: none was chosen. */
  filtering: widgetFilteringSchema.optional(),
  /** Under filters: values of the series column as they are drawn without filters; left out: that is not known. */
  seriesOrder: z.array(cellSchema).optional(),
  /** Version of the read model that it was read from, where the server told; absent for base tables. */
  modelVersion: z.number().int().nullable().optional(),
  /** A saved number is there and cannot be shown: `rows` is empty then, and `freshness` says of when it is. */
  unreadable: z.enum(['locked', 'damaged', 'newer']).optional(),
});
export type WidgetData = z.infer<typeof widgetDataSchema>;
