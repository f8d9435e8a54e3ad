export interface Piece {
  readonly text: string;
  readonly strong: boolean;
}

/** Clock times, multiples, shares, durations ("2.5 → 325 ms" in one) and "N queries": what a reader looks for in a verdict. */
const figure =
  /\b\d{1,2}:\d{2}(?::\d{2})?\b|\b(?:\d[\d,.]*(?: ?(?:ms|s|min|h))? → )?\d[\d,.]* ?(?:times(?: longer| slower)?|%|ms\b|s\b|min\b|h\b|quer(?:y|ies)\b|statements?\b)/g;

/** A sentence, split so that its figures can stand out. The pieces joined are the sentence. */
export function emphasized(sentence: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of sentence.matchAll(figure)) {
    if (match.index > end) pieces.push({ text: sentence.slice(end, match.index), strong: false });
    pieces.push({ text: match[0], strong: true });
    end = match.index + match[0].length;
  }
  if (end < sentence.length) pieces.push({ text: sentence.slice(end), strong: false });
  return pieces;
}
