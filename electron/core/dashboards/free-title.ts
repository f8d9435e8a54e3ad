/** 'Sales' -> 'Sales (copy)', 'Sales (copy 2)' ... */
export const titleOfCopy = (title: string, taken: readonly string[]): string =>
  numbered(title.replace(/ \(copy(?: \d+)?\)$/, ''), 'copy', taken);

/** 'Sales', or 'Sales (put back)', 'Sales (put back 2)' ... where it is taken. */
export const titleWhenPutBack = (title: string, taken: readonly string[]): string =>
  taken.includes(title) ? numbered(title, 'put back', taken) : title;

function numbered(title: string, what: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${title} (${what})` : `${title} (${what} ${number})`;
    if (!taken.includes(name)) return name;
  }
}
