import type { Dashboard, Widget } from './dashboard.ts';

/** The widgets as they are printed: those without a locale of their own take the dashboard's. */
export function localizedWidgets({ locale, widgets }: Dashboard): readonly Widget[] {
  if (locale === undefined) return widgets;
  return widgets.map((widget) => (widget.locale === undefined ? { ...widget, locale } : widget));
}
