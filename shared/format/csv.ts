/** A number as a server prints it, sign and exponent included: no spreadsheet runs it. */
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^-Infinity$/;

/** What a spreadsheet may take for the beginning of a formula, the full-width forms of Japanese keyboards included. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * Rows as CSV (RFC 4180): comma, CRLF after every row, quotes where a cell needs them. A cell that a spreadsheet would
 * run as a formula gets a leading apostrophe; a number keeps its sign and stays a number. null is an empty cell, and an
 * empty text a quoted one, as PostgreSQL's own COPY tells them apart.
 */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  if (text === '') return '""';
  const safe = formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return /[",\r\n\t;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
