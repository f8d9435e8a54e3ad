import { flagsOf } from './booked.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { canBeBlamed, canSuffer } from './roles.ts';
import type { SaveUnit } from './saves.ts';
import { layerOf, layers } from './timeline-parts.ts';
import type { RolledHistory } from './timeline-study.ts';

/** What a pass over columns asks about a statement, by its id; and about a group, by its position. */
export interface StatementTable {
  readonly groups: readonly StatementGroup[];
  /** Position of the statement's group; -1 for one that is not counted: unknown, or run inside of another. */
  readonly positionOf: Int32Array;
  readonly suffers: Uint8Array;
  readonly blameable: Uint8Array;
  /** Index into `layers`. */
  readonly layerAt: Uint8Array;
  /** By position: 1 for what belongs to a save, and for what a save is counted by. */
  saving(unit: SaveUnit): { readonly belongs: Uint8Array; readonly marks: Uint8Array };
}

export function statementTable({ statements }: RolledHistory, catalog: Catalog, end: number): StatementTable {
  const positionOf = new Int32Array(end).fill(-1);
  const blameable = new Uint8Array(end);
  const layerAt = new Uint8Array(end).fill(layers.indexOf(layerOf(null)));
  for (const { statementId, fingerprint } of statements) {
    const id = Number(statementId);
    const group = catalog.groupOf(statementId);
    if (id >= end || group === null) continue;
    if (group.toplevel) positionOf[id] = catalog.positionOf(group);
    // A checkpointer has no text to be classed by.
    const background = fingerprint.startsWith('backend:');
    blameable[id] = Number(background || canBeBlamed(group));
    layerAt[id] = layers.indexOf(background ? 'maintenance' : layerOf(group));
  }
  const { groups } = catalog;
  return {
    groups,
    positionOf,
    suffers: flagsOf(groups, canSuffer),
    blameable,
    layerAt,
    saving: ({ belongs, counts }) => ({ belongs: flagsOf(groups, belongs), marks: flagsOf(groups, counts) }),
  };
}
