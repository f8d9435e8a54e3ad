/**
 * A number in [0, 1) that is the same for the same texts on every machine and at every look: jitter that two runners agree
 * on. FNV-1a, and then the finish of murmur3, since texts that differ in their last digit shall fall far apart.
 */
export function seeded(...texts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const text of texts) {
    for (const letter of `${text}\n`) {
      hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
