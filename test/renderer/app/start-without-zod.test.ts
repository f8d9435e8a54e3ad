import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Files and packages whose code a file needs before its own runs; not its types, and not what it loads later. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s(?!type\b)(?:[^'";]*?\sfrom\s)?'([^']+)';$/gm);
  return [...statements]
    .filter(([statement]) => !/^import \{(?:\s*type [^,}]+,?)*\s*\}/.test(statement))
    .map(([, from = '']) => (from.startsWith('.') ? join(dirname(file), from) : from));
}

function reachedFrom(...entries: string[]): Map<string, string> {
  const by = new Map(entries.map((entry) => [join(root, entry), '']));
  for (const file of by.keys()) {
    if (!/\.tsx?$/.test(file) || !existsSync(file)) continue;
    for (const imported of importsOf(file)) if (!by.has(imported)) by.set(imported, file);
  }
  return by;
}

// Its schemas take 30 ms to build, and nothing that a person waits for at start is checked by them.
test('a window that opens on its dashboards starts without zod', () => {
  const reached = reachedFrom('renderer/main.tsx', 'renderer/screens/dashboards/index.tsx');
  expect(reached.size).toBeGreaterThan(200);
  expect(reached.get('zod')).toBeUndefined();
});
