/** Whether two lists hold the same objects: the store hands out the same ones while nothing changed. */
export const areSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
