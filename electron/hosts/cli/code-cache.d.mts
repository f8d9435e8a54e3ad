export function codeCacheDir(
  env?: Readonly<Record<string, string | undefined>>,
  platform?: NodeJS.Platform,
  home?: string,
): string;
export function keepCompiledCode(): void;
