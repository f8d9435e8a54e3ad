import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const renderer = fileURLToPath(new URL('../../renderer', import.meta.url));
const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).map((file) => join(renderer, file));
const stylesImport = /import styles from '(.+\.module\.css)';/;

/** By style sheet: the classes that components ask it for. `styles[state]` may ask for any. */
function asked(): Map<string, { readonly names: Set<string>; computed: boolean }> {
  const sheets = new Map<string, { readonly names: Set<string>; computed: boolean }>();
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    const source = readFileSync(file, 'utf8');
    const [, path] = stylesImport.exec(source) ?? [];
    if (path === undefined) continue;
    const sheet = join(dirname(file), path);
    const use = sheets.get(sheet) ?? { names: new Set(), computed: false };
    for (const [, name = ''] of source.matchAll(/styles\.(\w+)/g)) use.names.add(name);
    use.computed ||= source.includes('styles[');
    sheets.set(sheet, use);
  }
  return sheets;
}

const defined = (sheet: string): Set<string> =>
  new Set(
    [
      ...readFileSync(sheet, 'utf8')
        .replaceAll(/:global\([^)]*\)/g, '')
        .matchAll(/\.([a-z]\w*)(?=[^{}]*\{)/gi),
    ].map(([, name = '']) => name),
  );

it('every class that a component asks for is in its style sheet, and every class there is asked for', () => {
  const wrong: string[] = [];
  for (const [sheet, { names, computed }] of asked()) {
    const there = defined(sheet);
    const where = relative(renderer, sheet);
    for (const name of names) if (!there.has(name)) wrong.push(`${where} lacks .${name}`);
    if (!computed) for (const name of there) if (!names.has(name)) wrong.push(`${where}: nobody asks for .${name}`);
  }
  expect(wrong).toEqual([]);
});
