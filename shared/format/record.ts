/**
 * The fields of a row as PostgreSQL prints it: `(1,"a ""b""",,"")` is 1, a "b", NULL and an empty text. Null for a text
 * that is no such row.
 */
export function recordFields(printed: string): (string | null)[] | null {
  if (!printed.startsWith('(') || !printed.endsWith(')')) return null;
  const fields: (string | null)[] = [];
  let field = '';
  let quoted = false;
  let isNull = true;
  const inside = printed.slice(1, -1);
  for (let at = 0; at < inside.length; at += 1) {
    const char = inside[at] ?? '';
    if (char === '"') {
      // Inside of quotes a doubled quote is one.
      if (quoted && inside[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = !quoted;
      isNull = false;
    } else if (char === ',' && !quoted) {
      fields.push(isNull ? null : field);
      field = '';
      isNull = true;
    } else {
      // A backslash stands before itself.
      if (char === '\\') at += 1;
      field += char === '\\' ? (inside[at] ?? '') : char;
      isNull = false;
    }
  }
  if (quoted) return null;
  fields.push(isNull ? null : field);
  return fields;
}
