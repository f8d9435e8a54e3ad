/** What the address fragment says at start: a launch code of `daybreak serve`, or a route. */
export function readLaunchCode(hash: string): string | null {
  const match = /^#code=([^&]+)/.exec(hash);
  if (match?.[1] === undefined) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}
