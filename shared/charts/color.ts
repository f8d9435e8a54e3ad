type Rgb = readonly [number, number, number];

/** '#5aa9ec' -> [90, 169, 236]. The palette writes its colours in six digits. */
function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Relative luminance, WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Of the two inks, the one that reads better on the colour `share` (0..1) of the way from `low` to `high`. */
export function readableOn(low: string, high: string, share: number, inks: readonly [string, string]): string {
  const from = rgbOf(low);
  const to = rgbOf(high);
  const mixed: Rgb = [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
  const ground = luminance(mixed);
  const [first, second] = inks.map((ink) => contrast(luminance(rgbOf(ink)), ground));
  return (first ?? 0) >= (second ?? 0) ? inks[0] : inks[1];
}
