import type { z } from 'zod';
import {
  manifestFile,
  manifestSchema,
  type DefinitionFile,
  type ManifestEntry,
  type manifestEntrySchema,
} from '../../../../shared/model/definitions.ts';
import { budgetMinutes, type AgedBudget } from '../../../../shared/model/freshness.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { RegistryModel } from '../registry/read-registry.ts';
import type { KnownOfVersion } from './readers-of.ts';

/** A read model as a folder has it. */
export interface FolderDefinition extends ManifestEntry {
  readonly name: string;
  readonly definitionSql: string;
  /** How it is asked over the stable name, where that is more than all of its columns. */
  readonly readerSql: string | null;
}

/** The budget that a folder gives a consumer. */
export const folderBudget = ({ budgetMinutes: minutes, nightly }: ManifestEntry['consumers'][number]): AgedBudget =>
  nightly === undefined ? { minutes } : { nightly };

const sqlFile = (name: string, version: number): string => `${name}/v${version}.sql`;
const readerFile = (name: string, version: number): string => `${name}/v${version}.reader.sql`;

/**
 * The files of the read models that readers see: a manifest, a file for each definition, and one for how it is asked where
 * the store knows that. Pure.
 */
export function exportFiles(
  models: readonly RegistryModel[],
  known: ReadonlyMap<string, KnownOfVersion> = new Map(),
): DefinitionFile[] {
  const readModels: Record<string, z.input<typeof manifestEntrySchema>> = {};
  const files: DefinitionFile[] = [];
  for (const { name, question, owner, consumers, readers, refreshMode, versions } of models) {
    const current = versions.find(({ state }) => state === 'current');
    if (current === undefined) continue;
    const { readerSql = null, unproven = false } = known.get(name) ?? {};
    readModels[name] = {
      question,
      owner,
      keyColumns: [...current.keyColumns],
      version: current.version,
      ...(current.period === null ? {} : { period: current.period }),
      ...(refreshMode === null ? {} : { refreshMode }),
      ...(unproven ? { unproven } : {}),
      readers: [...readers],
      consumers: consumers.flatMap(({ consumer, owner: consumerOwner, budget }) =>
        budget === 'live'
          ? []
          : [
              {
                consumer,
                owner: consumerOwner,
                budgetMinutes: budgetMinutes(budget),
                ...('nightly' in budget ? { nightly: budget.nightly } : {}),
              },
            ],
      ),
    };
    files.push({ path: sqlFile(name, current.version), text: `${current.definitionSql.trimEnd()}\n` });
    if (readerSql !== null) files.push({ path: readerFile(name, current.version), text: `${readerSql.trimEnd()}\n` });
  }
  const manifest = { format: 1, readModels };
  return [{ path: manifestFile, text: `${JSON.stringify(manifest, null, 2)}\n` }, ...files];
}

/**
 * What a folder says, by name. Files of other versions are its history and are not read. Throws `invalid_input` with the
 * file and what is wrong in it. Pure.
 */
export function readFolder(files: readonly DefinitionFile[]): FolderDefinition[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const manifest = texts.get(manifestFile);
  if (manifest === undefined) throw wrong(manifestFile, 'it is not there. `readModels.exportDefinitions` makes one');
  const parsed = manifestSchema.safeParse(parseJson(manifest));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(manifestFile, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another shape'}`);
  }
  return Object.entries(parsed.data.readModels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => {
      const path = sqlFile(name, entry.version);
      const text = texts.get(path);
      if (text === undefined || text.trim() === '') {
        throw wrong(path, `${manifestFile} names it as the definition of ${name}, and it is not there or empty`);
      }
      const reader = texts.get(readerFile(name, entry.version))?.trim();
      return {
        ...entry,
        name,
        definitionSql: text.trim(),
        readerSql: reader === undefined || reader === '' ? null : reader,
      };
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(manifestFile, `it is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

const wrong = (path: string, what: string): Failure =>
  new Failure({
    code: 'invalid_input',
    message: `The definitions folder cannot be used: ${path}: ${what}.`,
    detail: { path },
  });
