import type { Dashboard } from '../../../shared/model/dashboard.ts';
import type { ReadModel, Version } from '../../../shared/model/read-model.ts';

export type Copy = Version['copies'][number];

export const currentVersion = (model: ReadModel): Version | null =>
  model.versions.find((version) => version.version === model.currentVersion) ?? null;

/** The copy with the newest numbers: the one that readers see. */
export function servedCopy(version: Version | null): Copy | null {
  let newest: Copy | null = null;
  for (const copy of version?.copies ?? []) {
    if (newest === null || Date.parse(copy.asOf ?? '') > Date.parse(newest.asOf ?? '') || newest.asOf === null)
      newest = copy;
  }
  return newest;
}

/** Bytes of all copies of all versions: what the read model occupies. Null while no size is known. */
export function occupiedBytes(model: ReadModel): number | null {
  const sizes = model.versions
    .flatMap((version) => version.copies.map((copy) => copy.sizeBytes))
    .filter((size) => size !== null);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}

/** The version that a roll back would return to. */
export const previousVersion = (model: ReadModel): Version | null =>
  model.versions.find((version) => version.state === 'previous') ?? null;

/** The first dashboard with a widget that reads this read model. */
export function dashboardReading(dashboards: readonly Dashboard[], readModel: string): string | null {
  const reads = ({ widgets }: Dashboard) =>
    widgets.some(({ source }) => source.kind === 'read_model' && source.readModel === readModel);
  return dashboards.find(reads)?.dashboardId ?? null;
}

export interface ColumnRow {
  readonly name: string;
  /** The column's type in each version, in their order; null where the version lacks it. */
  readonly types: readonly (string | null)[];
  readonly differs: boolean;
}

/** Columns of several versions in one table: the order of the newest version first, then what only older ones have. */
export function compareColumns(versions: readonly Version[]): readonly ColumnRow[] {
  const newestFirst = [...versions].sort((a, b) => b.version - a.version);
  const names = [...new Set(newestFirst.flatMap((version) => version.columns.map((column) => column.name)))];
  return names.map((name) => {
    const types = versions.map((version) => version.columns.find((column) => column.name === name)?.type ?? null);
    return { name, types, differs: new Set(types).size > 1 };
  });
}
