import type { WidgetKind } from './dashboard.ts';

type Need = 'needed' | 'free' | 'none';

/** Which columns a kind of widget is made of. */
export interface KindRoles {
  /** The category axis. */
  readonly x: Need;
  /** The column whose values become the series. */
  readonly series: Need;
  readonly values: { readonly least: number; readonly most: number };
  /** Values have to be numbers; a table shows anything. */
  readonly numeric: boolean;
}

/** Values beyond this cannot be told apart on one picture. */
const mostValues = 8;

const roles: Readonly<Record<WidgetKind, KindRoles>> = {
  number: { x: 'none', series: 'none', values: { least: 1, most: 4 }, numeric: true },
  bar: { x: 'needed', series: 'free', values: { least: 1, most: mostValues }, numeric: true },
  line: { x: 'needed', series: 'free', values: { least: 1, most: mostValues }, numeric: true },
  stacked: { x: 'needed', series: 'free', values: { least: 1, most: mostValues }, numeric: true },
  combined: { x: 'needed', series: 'none', values: { least: 2, most: mostValues }, numeric: true },
  table: { x: 'none', series: 'none', values: { least: 1, most: 100 }, numeric: false },
  aging: { x: 'needed', series: 'none', values: { least: 1, most: 1 }, numeric: true },
  heatmap: { x: 'needed', series: 'needed', values: { least: 1, most: 1 }, numeric: true },
};

export const rolesOf = (kind: WidgetKind): KindRoles => roles[kind];

export const isNumericType = (type: string): boolean =>
  /^(smallint|integer|bigint|numeric|real|double precision)/.test(type);
