/** '$1' -> SQL literal. */
export type Values = Readonly<Record<string, string>>;

/** A statement as pg_stat_statements keeps it, with the constants of three times that it was sent. */
export interface Question {
  readonly name: string;
  /** Every constant is a parameter. */
  readonly text: string;
  readonly sets: readonly [Values, Values, Values];
}

/** A constant: the same one each time, or one for each of the three times. */
export type Constant = (...literals: [string] | [string, string, string]) => string;

/** `write` gets a function that puts a constant, as a parameter, into the text where it is called. */
export function question(name: string, write: (constant: Constant) => string): Question {
  const constants: (readonly string[])[] = [];
  const text = write((...literals) => `$${constants.push(literals)}`);
  const setOf = (time: number): Values =>
    Object.fromEntries(constants.map((literals, at) => [`$${at + 1}`, literals[time] ?? literals[0] ?? 'null']));
  return { name, text, sets: [setOf(0), setOf(1), setOf(2)] };
}
