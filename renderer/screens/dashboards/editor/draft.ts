import type { OfferedColumn } from '../../../../shared/model/column-offer.ts';
import {
  widgetDraftSchema,
  type Widget,
  type WidgetDraft,
  type WidgetKind,
  type WidgetSource,
} from '../../../../shared/model/dashboard.ts';
import { rolesOf } from '../../../../shared/model/widget-roles.ts';

export const usualMinutes = 30;

export const blankDraft: WidgetDraft = {
  title: '',
  question: '',
  kind: 'bar',
  source: { kind: 'read_model', readModel: '', sql: '' },
  budget: { minutes: usualMinutes },
  x: null,
  series: null,
  values: [],
  formats: {},
  currency: null,
};

/** A stored widget without what only the store says of it. */
export const draftOf = (widget: Widget): WidgetDraft => widgetDraftSchema.parse(widget);

/** A read model is never live: its own owner says how old it may be. */
export function withSource(draft: WidgetDraft, source: WidgetSource): WidgetDraft {
  const budget = source.kind === 'read_model' && draft.budget === 'live' ? { minutes: usualMinutes } : draft.budget;
  return { ...draft, source, budget };
}

const has = (column: OfferedColumn, role: OfferedColumn['roles'][number]): boolean => column.roles.includes(role);

/** As many values as a picture of this kind begins with; a person adds more. */
const firstValues = (kind: WidgetKind, values: readonly string[]): string[] => {
  if (kind === 'combined') return values.slice(0, 2);
  return values.slice(0, 1);
};

/** Fills the roles that a kind needs from the columns that there are; what the person chose and still fits stays. */
export function fitted(draft: WidgetDraft, columns: readonly OfferedColumn[]): WidgetDraft {
  if (columns.length === 0) return draft;
  const { kind } = draft;
  const roles = rolesOf(kind);
  const names = columns.map(({ name }) => name);
  const numbers = columns.filter((column) => has(column, 'values')).map(({ name }) => name);
  const words = columns.filter((column) => !has(column, 'values')).map(({ name }) => name);

  const x =
    roles.x === 'none' ? null : draft.x !== null && names.includes(draft.x) ? draft.x : (words[0] ?? names[0] ?? null);
  const kept = draft.series !== null && names.includes(draft.series) && draft.series !== x ? draft.series : null;
  const series =
    roles.series === 'none'
      ? null
      : (kept ?? (roles.series === 'needed' ? (words.find((name) => name !== x) ?? null) : null));
  const values =
    kind === 'table'
      ? names
      : fittedValues(
          draft,
          numbers.filter((name) => name !== x),
          series,
        );
  const formats = Object.fromEntries(columns.map(({ name, format }) => [name, draft.formats[name] ?? format]));
  const money = Object.values(formats).includes('money');
  const lines = (draft.options?.lines ?? []).filter((name) => values.includes(name));
  return {
    ...draft,
    x,
    series,
    values,
    formats,
    currency: money ? draft.currency : null,
    ...fittedComparison(draft, numbers),
    ...(kind === 'combined'
      ? {
          options: {
            ...draft.options,
            lines: lines.length > 0 && lines.length < values.length ? lines : values.slice(-1),
          },
        }
      : {}),
  };
}

/** Another kind of picture of the same columns. A stack of one is no stack, so it begins with series where there are any. */
export function withKind(draft: WidgetDraft, kind: WidgetKind, columns: readonly OfferedColumn[]): WidgetDraft {
  const made = fitted({ ...draft, kind }, columns);
  if (kind !== 'stacked' || made.series !== null || made.values.length > 1) return made;
  const series = columns.find((column) => has(column, 'series') && column.name !== made.x);
  return series === undefined ? made : fitted({ ...made, series: series.name }, columns);
}

/** The same for columns that have just been asked for; the first ones a draft gets fill it as a change of kind does. */
export function withColumns(draft: WidgetDraft, columns: readonly OfferedColumn[]): WidgetDraft {
  return draft.values.length === 0 ? withKind(draft, draft.kind, columns) : fitted(draft, columns);
}

function fittedValues(draft: WidgetDraft, numbers: readonly string[], series: string | null): string[] {
  const { most } = rolesOf(draft.kind).values;
  const room = series === null ? most : 1;
  const kept = draft.values.filter((name) => numbers.includes(name)).slice(0, room);
  const least = Math.min(rolesOf(draft.kind).values.least, room);
  if (kept.length >= least && kept.length > 0) return kept;
  const more = numbers.filter((name) => !kept.includes(name));
  return [...kept, ...firstValues(draft.kind, more)].slice(0, Math.max(least, 1));
}

function fittedComparison(draft: WidgetDraft, numbers: readonly string[]): Pick<WidgetDraft, 'comparison'> {
  const { comparison } = draft;
  const fits = draft.kind === 'number' && comparison !== undefined && numbers.includes(comparison.column);
  return { comparison: fits ? comparison : undefined };
}
