/** Dollar-quotes `body` under a tag that it does not contain. */
export function dollarQuote(tag: string, body: string): string {
  let quote = `$${tag}$`;
  for (let n = 1; body.includes(quote); n += 1) quote = `$${tag}${n}$`;
  return `${quote}${body}${quote}`;
}

/** An anonymous block of plpgsql. Names in its queries are columns, never variables. */
export const doBlock = (tag: string, declarations: string, statements: string): string =>
  `do ${dollarQuote(
    tag,
    `\n#variable_conflict use_column\n${declarations === '' ? '' : `declare\n${declarations}\n`}begin\n${statements}\nend\n`,
  )}`;
