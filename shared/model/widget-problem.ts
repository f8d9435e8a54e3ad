import { isCurrency, isLocale } from '../format/locale.ts';
import type { WidgetDraft } from './dashboard.ts';
import type { Column } from './read-model.ts';
import { isNumericType, rolesOf } from './widget-roles.ts';

/** The first thing that is wrong with a widget, in one sentence; `column` where one is to blame. */
export interface WidgetProblem {
  readonly message: string;
  readonly column?: string;
}

const numericFormats = new Set(['integer', 'decimal', 'money', 'percent']);

const named = ({ title }: WidgetDraft): string => (title.trim() === '' ? 'The widget' : `"${title}"`);

/** What is wrong with a widget whatever its query answers. */
export function draftProblem(draft: WidgetDraft): WidgetProblem | null {
  const { kind, source, budget, x, series, values, comparison, options, currency, currencies, locale } = draft;
  const roles = rolesOf(kind);
  const who = named(draft);
  if (draft.title.trim() === '') return { message: 'The widget has no title. Give it one that names its number.' };
  if (source.sql.trim() === '') return { message: `${who} has no query.` };
  if (source.kind === 'read_model' && budget === 'live') {
    return { message: `${who} reads ${source.readModel}, which is never live. Give it a budget in minutes.` };
  }
  if (roles.x === 'needed' && x === null) return { message: `${who} needs a column for its categories (x).` };
  if (roles.x === 'none' && x !== null)
    return { message: `${who} is a ${kind}, which has no category axis.`, column: x };
  if (roles.series === 'needed' && series === null) return { message: `${who} needs a column for its series.` };
  if (roles.series === 'none' && series !== null) {
    return { message: `${who} is of kind ${kind}, which has no series column.`, column: series };
  }
  const { least, most } = roles.values;
  if (values.length < least || values.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    return { message: `${who} needs ${wanted} value columns, and has ${values.length}.` };
  }
  const twice = values.find((name, index) => values.indexOf(name) !== index);
  if (twice !== undefined) return { message: `${who} names the value ${twice} twice.`, column: twice };
  if (series !== null && values.length > 1) {
    return { message: `${who} has a series column, so it can show one value: ${values.join(', ')} are several.` };
  }
  if (kind === 'combined') {
    const lines = (options?.lines ?? []).filter((name) => values.includes(name));
    if (lines.length === 0 || lines.length === values.length) {
      return { message: `${who} needs at least one value as bars and one as a line.` };
    }
  }
  if (comparison !== undefined && kind !== 'number') {
    return { message: `${who} is no number, and only a number is compared.`, column: comparison.column };
  }
  const money = [currency, ...Object.values(currencies ?? {})].find((code) => code !== null && !isCurrency(code));
  if (money != null)
    return { message: `${who} names the currency ${money}, which is none. Write its ISO code, as EUR.` };
  if (locale !== undefined && !isLocale(locale)) {
    return { message: `${who} names the locale ${locale}, which is none. Write it as de-DE.` };
  }
  return null;
}

/** What is wrong between a widget and the columns that its query answers. `columns`: without the `as_of` of a read model. */
export function columnProblem(draft: WidgetDraft, columns: readonly Column[]): WidgetProblem | null {
  const who = named(draft);
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  const { x, series, values, comparison, formats, currencies } = draft;
  const used = [x, series, ...values, comparison?.column ?? null].filter((name) => name !== null);
  for (const name of [...used, ...Object.keys(currencies ?? {})]) {
    if (typeOf.has(name)) continue;
    const there = columns.length === 0 ? 'no column' : columns.map((column) => column.name).join(', ');
    return { message: `${who} uses the column ${name}, and its query answers ${there}.`, column: name };
  }
  const numbers = rolesOf(draft.kind).numeric
    ? [...values, ...(comparison === undefined ? [] : [comparison.column])]
    : [];
  for (const name of numbers) {
    const type = typeOf.get(name) ?? '';
    if (!isNumericType(type)) {
      return { message: `${who} draws the column ${name} as a value, and it is ${type}, no number.`, column: name };
    }
  }
  for (const [name, format] of Object.entries(formats)) {
    const type = typeOf.get(name);
    if (type === undefined || !numericFormats.has(format) || isNumericType(type)) continue;
    return { message: `${who} formats the column ${name} as ${format}, and it is ${type}, no number.`, column: name };
  }
  return null;
}
