import type { CalendarRule, MonthDay, SkipCalendar } from '../../../../shared/model/schedule.ts';

export const ruleKinds = [
  { value: 'monthly', label: 'every month' },
  { value: 'weekly', label: 'every week' },
  { value: 'dates', label: 'once' },
] as const;
export type RuleKind = CalendarRule['kind'];

export const dayCounts: readonly { readonly value: MonthDay['count']; readonly label: string }[] = [
  { value: 'day', label: 'day' },
  { value: 'working_day', label: 'working day' },
  { value: 'day_from_end', label: 'last day' },
  { value: 'working_day_from_end', label: 'last working day' },
];

export const weekdays: readonly { readonly value: number; readonly label: string }[] = [
  { value: 1, label: 'Mon' },
  { value: 2, label: 'Tue' },
  { value: 3, label: 'Wed' },
  { value: 4, label: 'Thu' },
  { value: 5, label: 'Fri' },
  { value: 6, label: 'Sat' },
  { value: 7, label: 'Sun' },
];

/** What a rule of a kind begins with: the closing of a month, weekly stock taking, a day. `today`: '2026-12-24'. */
export function ruleOfKind(kind: RuleKind, today: string): CalendarRule {
  switch (kind) {
    case 'monthly':
      return {
        kind,
        fromDay: { count: 'working_day_from_end', nth: 2 },
        toDay: { count: 'day', nth: 3 },
        workingDaysOnly: false,
        from: '07:00',
        to: '20:00',
      };
    case 'weekly':
      return { kind, weekdays: [6], from: '06:00', to: '18:00' };
    case 'dates':
      return { kind, fromDate: today, toDate: today, from: '00:00', to: '24:00' };
  }
}

export const newCalendar = (timeZone: string, today: string): SkipCalendar => ({
  name: '',
  timeZone,
  rules: [ruleOfKind('monthly', today)],
  weekend: [6, 7],
  holidays: [],
  noRefresh: true,
  noSwap: true,
  readModels: null,
});

/** '2026-12-24, 2026-12-25' -> both; null where a part is no day. */
export function holidaysOf(text: string): readonly string[] | null {
  const days = text.split(/[\s,;]+/).filter((day) => day !== '');
  return days.every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day))) ? days : null;
}

/** What keeps a calendar from being saved, one sentence each; empty: nothing does. */
export function calendarProblems(calendar: SkipCalendar, others: readonly string[]): readonly string[] {
  const { name, rules, noRefresh, noSwap, readModels } = calendar;
  return [
    ...(name.trim() === '' ? ['It needs a name, such as Month-end closing.'] : []),
    ...(others.includes(name.trim()) ? [`There is a calendar ${name.trim()} already.`] : []),
    ...(rules.length === 0 ? ['It needs a rule that says when.'] : []),
    ...(rules.some((rule) => rule.kind === 'weekly' && rule.weekdays.length === 0)
      ? ['A weekly rule needs a day.']
      : []),
    ...(rules.some((rule) => rule.kind === 'dates' && rule.toDate < rule.fromDate)
      ? ['The last day lies before the first.']
      : []),
    ...(noRefresh || noSwap ? [] : ['It has to keep refreshes or swaps from happening, or both.']),
    ...(readModels !== null && readModels.length === 0 ? ['It needs a read model, or all of them.'] : []),
  ];
}
