import type { StillRead } from '../../../../shared/model/read-model.ts';
import { describeHolder, lockHolders, type LockHolder } from '../../postgres/queries/catalog-lock-holders.ts';
import { readDependents, readRelation } from '../../postgres/queries/catalog-stable-name.ts';
import { readScans, type RelationScans } from '../../postgres/queries/relation-scans.ts';
import type { Sql } from '../../postgres/session.ts';
import type { RegistryModel } from '../registry/read-registry.ts';

/**
 * Whether the versions that are not served any more are still read, by version: scans since readers were switched away,
 * dependents, and who holds a lock on a copy right now.
 */
export async function readersOfOldVersions(
  sql: Sql,
  model: RegistryModel,
  versionNumber: number,
): Promise<Record<number, StillRead>> {
  const current = model.versions.find(({ state }) => state === 'current');
  const old = model.versions.filter(({ state }) => state === 'previous' || state === 'retired');
  if (current === undefined || old.length === 0) return {};
  const names = old.flatMap(({ copies }) => copies.map(({ copyId }) => copyId));
  const scans = await readScans(sql, model.schema, names, versionNumber);
  const view = await readRelation(sql, model.schema, model.name);
  const dependents = await readDependents(sql, model.schema, names, view === null ? [] : [view.oid]);
  const found: Record<number, StillRead> = {};
  for (const version of old) {
    const copies = version.copies.map(({ copyId }) => copyId);
    const holders: LockHolder[] = [];
    for (const copy of copies) holders.push(...(await lockHolders(sql, model.schema, copy)));
    found[version.version] = stillRead({
      since: current.switched?.at ?? null,
      before: current.switched?.scans ?? {},
      scans: scans.filter(({ relation }) => copies.includes(relation)),
      dependents: dependents.filter(({ relation }) => copies.includes(relation)).map(({ dependent }) => dependent),
      holders: holders.map(describeHolder),
    });
  }
  return found;
}

export interface ReadTraces {
  readonly since: string | null;
  /** Scans of each copy when readers were switched. */
  readonly before: Readonly<Record<string, number>>;
  readonly scans: readonly RelationScans[];
  readonly dependents: readonly string[];
  readonly holders: readonly string[];
}

/** Reads that began before the switch are reported as late as this. */
const reportedLateMs = 60_000;

/** Pure. Where the server keeps the moment of the last read, that decides; else every scan since the switch counts. */
export function stillRead({ since, before, scans, dependents, holders }: ReadTraces): StillRead {
  const more = scans.map(({ relation, scans: now }) => now - (before[relation] ?? now));
  const known = since !== null && scans.every(({ relation }) => before[relation] !== undefined);
  // Counters that went back were reset.
  const count = known && more.every((one) => one >= 0) ? more.reduce((sum, one) => sum + one, 0) : null;
  const lastReadAt = scans.reduce<string | null>(
    (latest, one) =>
      one.lastReadAt !== null && (latest === null || one.lastReadAt > latest) ? one.lastReadAt : latest,
    null,
  );
  const readSince =
    lastReadAt === null || since === null
      ? (count ?? 0) > 0
      : Date.parse(lastReadAt) > Date.parse(since) + reportedLateMs;
  const facts = [
    ...(dependents.length === 0 ? [] : [`${dependents.join('; ')} depends on it`]),
    ...(holders.length === 0 ? [] : [`${holders.join('; ')} reads it now`]),
    ...(readSince
      ? [`${count ?? 'some'} scans since the switch${lastReadAt === null ? '' : `, the last at ${lastReadAt}`}`]
      : []),
  ];
  const text =
    facts.length > 0
      ? `Still read: ${facts.join('; ')}.`
      : since === null || (count === null && lastReadAt === null)
        ? 'Nothing depends on it; whether it was read since the switch is not known.'
        : 'Not read since the switch, and nothing depends on it.';
  return {
    since,
    scans: count,
    lastReadAt,
    dependents: [...dependents],
    holders: [...holders],
    read: facts.length > 0,
    text,
  };
}
