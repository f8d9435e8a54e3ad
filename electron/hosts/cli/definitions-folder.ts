import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { manifestFile, type DefinitionFile } from '../../../shared/model/definitions.ts';
import { Failure } from '../../../shared/model/failure.ts';

/** A manifest and some hundred definitions; a wrong folder is told before it is read whole. */
const mostFiles = 2000;

/** The manifest and the SQL files one folder below it; everything else in a repository is left alone. */
export async function readDefinitions(dir: string): Promise<DefinitionFile[]> {
  const root = resolve(dir);
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(root, error);
  });
  const paths = entries.some((entry) => entry.isFile() && entry.name === manifestFile) ? [manifestFile] : [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const below = await readdir(join(root, entry.name), { withFileTypes: true });
    paths.push(
      ...below
        .filter((one) => one.isFile() && /^v[0-9]+(\.reader)?\.sql$/.test(one.name))
        .map((one) => `${entry.name}/${one.name}`),
    );
  }
  if (paths.length > mostFiles) {
    throw new Failure({
      code: 'invalid_input',
      message: `${root} holds ${paths.length} files with definitions, more than ${mostFiles}: it is hardly the folder that was meant.`,
    });
  }
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/** Writes the files and says which of them changed. Other files stay: earlier versions are the folder's history. */
export async function writeDefinitions(dir: string, files: readonly DefinitionFile[]): Promise<string[]> {
  const root = resolve(dir);
  const written: string[] = [];
  for (const { path, text } of files) {
    const file = resolve(root, path);
    if (relative(root, file).startsWith(`..${sep}`)) throw new Error(`${path} lies outside of ${root}`);
    const before = await readFile(file, 'utf8').catch(() => null);
    if (before === text) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    written.push(path);
  }
  return written;
}

const unreadable = (root: string, error: unknown): Failure =>
  new Failure(
    {
      code: 'invalid_input',
      message: `The folder ${root} cannot be read (${error instanceof Error ? error.message : String(error)}). Say with --dir where the definitions lie.`,
    },
    { cause: error },
  );
