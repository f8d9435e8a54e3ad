const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is safe in an element and in a quoted attribute: SQL texts are attacker-influenced. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Markup that has been escaped already. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** Tagged template that escapes every value but `Html` (and lists of it). */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (value instanceof Html) markup += value.markup;
    else if (typeof value === 'object') markup += value.map((each) => each.markup).join('');
    else markup += escapeHtml(String(value));
    markup += parts[index + 1] ?? '';
  }
  return new Html(markup);
}
