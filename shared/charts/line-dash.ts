const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [9, 3, 2, 3]];

/** Dash lengths of the n-th line, px; empty is solid. */
export const lineDash = (index: number): readonly number[] => dashes[index % dashes.length] ?? [];
