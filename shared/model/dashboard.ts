import { z } from 'zod';
import { budgetSchema, freshnessSchema } from './freshness.ts';
import { columnSchema } from './read-model.ts';

export const widgetKindSchema = z.enum(['number', 'bar', 'line', 'stacked', 'table', 'aging', 'heatmap']);

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
  /** Grid: 12 columns wide. */
  layout: z.object({ x: z.number().int(), y: z.number().int(), w: z.number().int(), h: z.number().int() }),
});
export type Widget = z.infer<typeof widgetSchema>;

export const dashboardSchema = z.object({
  dashboardId: z.string(),
  serverId: z.string(),
  title: z.string(),
  widgets: z.array(widgetSchema),
});
export type Dashboard = z.infer<typeof dashboardSchema>;

/** A cell is text exactly as the server printed it, or null: money stays exact. */
export const cellSchema = z.string().nullable();

export const widgetDataSchema = z.object({
  widgetId: z.string(),
  columns: z.array(columnSchema),
  rows: z.array(z.array(cellSchema)),
  freshness: freshnessSchema,
  /** How long the server took, ms; null out of the cache. */
  tookMs: z.number().nullable(),
});
export type WidgetData = z.infer<typeof widgetDataSchema>;
