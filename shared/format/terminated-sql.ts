/**
 * A statement as it stands in a script, with its semicolon: on a line of its own where the last line may end in a
 * comment, which would swallow it.
 */
export function terminatedSql(sql: string): string {
  const statement = sql.trim().replace(/;\s*$/, '');
  const lastLine = statement.slice(statement.lastIndexOf('\n') + 1);
  return lastLine.includes('--') ? `${statement}\n;` : `${statement};`;
}
