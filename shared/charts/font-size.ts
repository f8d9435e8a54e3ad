/** Of a font as CSS writes it ('bold 11px Roboto, sans-serif'), px; 12 where it does not say. */
export const fontSizePx = (font: string): number => Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
