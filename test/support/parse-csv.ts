/**
 * RFC 4180 by its grammar: records end in CR LF, quotes are doubled inside of quotes. A cell without quotes that is empty
 * is null. Throws for what the grammar does not allow.
 */
export function parseCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string | null;
    if (text[at] === '"') {
      cell = '';
      at += 1;
      for (;;) {
        if (at >= text.length) throw new Error('a quote is never closed');
        if (text[at] === '"' && text[at + 1] === '"') {
          cell += '"';
          at += 2;
        } else if (text[at] === '"') {
          at += 1;
          break;
        } else {
          cell += text[at];
          at += 1;
        }
      }
    } else {
      const end = /[,\r\n"]/g;
      end.lastIndex = at;
      const found = end.exec(text);
      if (found === null) throw new Error('the last record does not end');
      cell = text.slice(at, found.index);
      if (cell === '') cell = null;
      at = found.index;
    }
    record.push(cell);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      records.push(record);
      record = [];
      at += 2;
    } else throw new Error(`at ${at}: neither comma nor CR LF`);
  }
  if (record.length > 0) throw new Error('the last record does not end');
  if (new Set(records.map(({ length }) => length)).size > 1) throw new Error('records differ in their fields');
  return records;
}
