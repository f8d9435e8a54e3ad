/** Why something cannot be told from the printed cells, as the end of a sentence. */
export class Untold extends Error {}
