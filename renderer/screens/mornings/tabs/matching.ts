import type { Statement } from '../../../../shared/model/statement.ts';

/** Statements that have all words, in name, text, applications, role or database, in any order. */
export function matching(
  statements: readonly Statement[],
  words: string,
  name: (statement: Statement) => string,
): readonly Statement[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return statements;
  return statements.filter((statement) => {
    const { text, applicationNames, roleName, databaseName } = statement;
    // A text may have megabytes; nobody looks for its end.
    const body = [name(statement), text?.slice(0, 10_000), ...applicationNames, roleName, databaseName].join(' ');
    const lower = body.toLowerCase();
    return wanted.every((word) => lower.includes(word));
  });
}
