/** Which row a key leads to; null when the key is none of the table's. `pageRows`: rows that fit on the screen. */
export function rowAfterKey(key: string, current: number, rowCount: number, pageRows: number): number | null {
  if (rowCount === 0) return null;
  const last = rowCount - 1;
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, current + 1);
    case 'ArrowUp':
      return Math.max(0, current - 1);
    case 'PageDown':
      return Math.min(last, current + Math.max(1, pageRows));
    case 'PageUp':
      return Math.max(0, current - Math.max(1, pageRows));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
