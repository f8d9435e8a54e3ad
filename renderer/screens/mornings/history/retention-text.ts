const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** "48 hours", "14 days", "1 year": retention is set in round figures and read as such. */
export function retentionText(retentionMs: number): string {
  const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (retentionMs >= 360 * dayMs) return counted(Math.round(retentionMs / (365 * dayMs)), 'year');
  if (retentionMs > 2 * dayMs) return counted(Math.round(retentionMs / dayMs), 'day');
  return counted(Math.round(retentionMs / hourMs), 'hour');
}
