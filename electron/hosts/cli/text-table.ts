import { cut, pad, padStart, printable, widthOf, wrap } from './terminal.ts';

const gap = '  ';
/** A last column of less than this is put on lines of its own instead. */
const narrowest = 30;
const indent = '    ';

export interface TableOptions {
  /** Columns of numbers, by index: to the right. */
  readonly right?: ReadonlySet<number>;
  /** What a line may take, in columns of the terminal; left out: whatever it takes. */
  readonly width?: number | undefined;
}

/**
 * Columns as wide as their widest cell, two spaces apart. Where a line would be too long, its last cell goes on below.
 * Nothing in it moves the cursor.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = new Set(), width = Infinity }: TableOptions = {},
): string {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  const last = head.length - 1;
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + gap.length, 0);
  const beside = width - before >= Math.min(narrowest, widths[last] ?? 0);
  return cells
    .flatMap((row) => {
      const start = row
        .slice(0, last)
        .map((cell, column) => (right.has(column) ? padStart : pad)(cell, widths[column] ?? 0) + gap)
        .join('');
      const end = row[last] ?? '';
      if (!beside) {
        const below = wrap(end, Math.max(1, width - indent.length)).map((line) => indent + line);
        return [cut(start.trimEnd(), width), ...below];
      }
      const [first = '', ...more] = Number.isFinite(width) ? wrap(end, width - before) : [end];
      return [(start + first).trimEnd(), ...more.map((line) => ' '.repeat(before) + line)];
    })
    .join('\n');
}

/** Of the terminal that is written to; undefined where it is none: a pipe has no width. */
export const terminalWidth = (out: { readonly isTTY?: boolean; readonly columns?: number }): number | undefined =>
  out.isTTY === true ? out.columns : undefined;
