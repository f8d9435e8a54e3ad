/** "12 -> 340 (28 times more)"; null where the two differ by less than a tenth. */
export function formatRatio(before: number, after: number, unit = ''): string | null {
  const [low, high] = before < after ? [before, after] : [after, before];
  if (high - low <= high / 10) return null;
  const factor =
    low <= 0
      ? ''
      : high / low >= 2
        ? ` (${round(high / low)} times ${after > before ? 'more' : 'less'})`
        : ` (${Math.round(Math.abs(after / before - 1) * 100)} % ${after > before ? 'more' : 'less'})`;
  return `${round(before)}${unit} → ${round(after)}${unit}${factor}`;
}

/** Three significant digits below 100, whole numbers above. */
export const round = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
