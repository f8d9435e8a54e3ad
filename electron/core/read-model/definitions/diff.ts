import { isDeepStrictEqual } from 'node:util';
import type { DefinitionDiff } from '../../../../shared/model/definitions.ts';
import { inOrder } from '../plan/dependencies.ts';
import type { RegistryModel } from '../registry/read-registry.ts';
import { folderBudget, type FolderDefinition } from './folder.ts';

/** What the server says of a folder's definition: its text with every name qualified, or why it cannot be built. */
export type Checked = { readonly definitionSql: string } | { readonly refused: string };

/**
 * How a folder differs from the server: those of the folder first, parents before what is built on them, then those that
 * only the server has. `checked` holds each definition of the folder whose text is not the server's. Pure.
 */
export function diffDefinitions(
  folder: readonly FolderDefinition[],
  models: readonly RegistryModel[],
  checked: ReadonlyMap<string, Checked>,
): DefinitionDiff[] {
  const names = folder.map(({ name }) => name);
  const builtOn = folder.map(({ name, definitionSql }) => ({
    name,
    parents: names.filter((other) => other !== name && new RegExp(`\\b${other}\\b`).test(definitionSql)),
  }));
  const unbuilt = new Set(names.filter((name) => currentOf(models, name) === null));
  const found = inOrder(names, builtOn).flatMap((name) => {
    const definition = folder.find((one) => one.name === name);
    if (definition === undefined) return [];
    const waitsFor = (builtOn.find((one) => one.name === name)?.parents ?? []).filter((parent) => unbuilt.has(parent));
    return [compare(definition, models, checked.get(name), waitsFor)];
  });
  const others = models.filter(({ name }) => !names.includes(name) && currentOf(models, name) !== null);
  return [...found, ...others.map((model) => onlyOnServer(model, models))];
}

const currentOf = (models: readonly RegistryModel[], name: string) =>
  models.find((model) => model.name === name)?.versions.find(({ state }) => state === 'current') ?? null;

function compare(
  definition: FolderDefinition,
  models: readonly RegistryModel[],
  checked: Checked | undefined,
  waitsFor: readonly string[],
): DefinitionDiff {
  const { name } = definition;
  const model = models.find((one) => one.name === name);
  const current = currentOf(models, name);
  const entry = {
    name,
    folderVersion: definition.version,
    serverVersion: current?.version ?? null,
    folderSql: checked !== undefined && 'definitionSql' in checked ? checked.definitionSql : definition.definitionSql,
    serverSql: current?.definitionSql ?? null,
    notes: [] as string[],
    needsPlan: true,
  };
  const wanted = definition.refreshMode;
  const mode = wanted === undefined || wanted === model?.refreshMode ? {} : { refreshMode: wanted };
  if (checked !== undefined && 'refused' in checked) {
    return waitsFor.length > 0
      ? {
          ...entry,
          ...mode,
          state: 'new',
          changes: [`It is built on ${waitsFor.join(', ')}, and is checked once that is there.`],
        }
      : { ...entry, needsPlan: false, state: 'refused', changes: [checked.refused] };
  }
  if (current === null || model === undefined)
    return { ...entry, ...mode, state: 'new', changes: ['It is not on the server yet.'] };
  const planned = [
    ...(entry.folderSql.trim() === current.definitionSql.trim() ? [] : ['The definition differs.']),
    ...differs('key', definition.keyColumns.join(', '), current.keyColumns.join(', ')),
    ...differs('question', definition.question, model.question),
    ...differs('owner', definition.owner, model.owner),
    ...(isDeepStrictEqual(definition.period ?? null, current.period)
      ? []
      : ['The period that it is refreshed by differs.']),
    ...definition.consumers.flatMap((wanted) => {
      const { consumer, owner } = wanted;
      const known = model.consumers.find((one) => one.consumer === consumer);
      if (known === undefined) return [`Consumer ${consumer} is new.`];
      const same = isDeepStrictEqual(known, { consumer, owner, budget: folderBudget(wanted) });
      return same ? [] : [`Consumer ${consumer} has another owner or budget.`];
    }),
    ...definition.readers.filter((role) => !model.readers.includes(role)).map((role) => `Role ${role} shall read it.`),
  ];
  const extra = [
    ...model.consumers
      .map(({ consumer }) => consumer)
      .filter((one) => !definition.consumers.some((c) => c.consumer === one)),
    ...model.readers.filter((role) => !definition.readers.includes(role)),
  ];
  const notes = extra.length === 0 ? [] : [`The server also has: ${extra.join(', ')}. They stay.`];
  if (model.suspended !== null) notes.push('It is suspended; its next plan resumes it.');
  const changes = [
    ...planned,
    ...('refreshMode' in mode
      ? differs('refresh mode', mode.refreshMode ?? '', model.refreshMode ?? 'chosen by Daybreak')
      : []),
  ];
  if (changes.length === 0 && definition.version !== current.version) {
    notes.push(`Version ${definition.version} of the folder is version ${current.version} of the server.`);
  }
  const state = changes.length === 0 ? 'same' : 'changed';
  return { ...entry, ...mode, state, needsPlan: planned.length > 0, changes, notes };
}

const differs = (what: string, folder: string, server: string): string[] =>
  folder === server ? [] : [`The ${what} is "${folder}" instead of "${server}".`];

const onlyOnServer = ({ name }: RegistryModel, models: readonly RegistryModel[]): DefinitionDiff => ({
  name,
  state: 'only_on_server',
  folderVersion: null,
  serverVersion: currentOf(models, name)?.version ?? null,
  changes: [],
  needsPlan: false,
  notes: ['The folder does not name it. It is left alone.'],
  folderSql: null,
  serverSql: currentOf(models, name)?.definitionSql ?? null,
});
