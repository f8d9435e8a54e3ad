import { createHash } from 'node:crypto';
import type { ActivityRow } from '../../../shared/model/sampling.ts';
import { fingerprint } from './fingerprint.ts';
import { packText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';

export interface InternedText {
  readonly textId: number;
  readonly fingerprint: string;
}

/** Values that come again and again (texts, who runs them, what they wait for), stored once each. */
export interface Interned {
  text(text: string, hour: number): InternedText;
  origin(row: ActivityRow, hour: number): number;
  wait(row: ActivityRow): number;
}

/** What belongs to a capture is in use for good. */
export const foreverHour = 2 ** 31;

const keyOf = (value: string): Buffer => createHash('sha256').update(value).digest().subarray(0, 16);

/** How many ids are kept in memory; beyond that the map starts anew and asks the table. */
const rememberAtMost = 20_000;

/**
 * `hour` (since the epoch) marks the last use, so that retention need not search the rows that refer to a value.
 * It is written once an hour.
 */
export function createInterned(prepare: Prepare): Interned {
  const texts = new Map<string, InternedText & { hour: number }>();
  const origins = new Map<string, { readonly originId: number; hour: number }>();
  const waits = new Map<string, number>();

  return {
    text(text, hour) {
      const key = keyOf(text);
      const name = key.toString('latin1');
      const known = texts.get(name);
      if (known !== undefined) {
        if (known.hour < hour) {
          prepare('update text set last_used_hour = ? where text_id = ?').run(hour, known.textId);
          known.hour = hour;
        }
        return known;
      }
      const row = prepare<{ text_id: number; fingerprint: string }>(
        `insert into text (hash, body, fingerprint, last_used_hour) values (?, ?, ?, ?)
         on conflict (hash) do update set last_used_hour = max(last_used_hour, excluded.last_used_hour)
         returning text_id, fingerprint`,
      ).get(key, packText(text), fingerprint(text), hour);
      const found = { textId: returned(row).text_id, fingerprint: returned(row).fingerprint, hour };
      remember(texts, name, found);
      return found;
    },

    origin(row, hour) {
      const fields = [
        row.databaseName,
        row.databaseOid,
        row.roleName,
        row.roleOid,
        row.applicationName,
        row.backendType,
      ] as const;
      const name = JSON.stringify(fields);
      const known = origins.get(name);
      if (known !== undefined) {
        if (known.hour < hour) {
          prepare('update origin set last_used_hour = ? where origin_id = ?').run(hour, known.originId);
          known.hour = hour;
        }
        return known.originId;
      }
      const found = prepare<{ origin_id: number }>(
        `insert into origin (hash, database_name, database_oid, role_name, role_oid, application_name, backend_type,
                             last_used_hour)
         values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (hash) do update set last_used_hour = max(last_used_hour, excluded.last_used_hour)
         returning origin_id`,
      ).get(keyOf(name), ...fields, hour);
      const { origin_id: originId } = returned(found);
      remember(origins, name, { originId, hour });
      return originId;
    },

    wait(row) {
      const fields = [row.state, row.waitEventType, row.waitEvent] as const;
      const name = JSON.stringify(fields);
      const known = waits.get(name);
      if (known !== undefined) return known;
      const found =
        prepare<{ wait_id: number }>(
          'select wait_id from wait where state is ? and event_type is ? and event is ?',
        ).get(...fields) ??
        prepare<{ wait_id: number }>(
          'insert into wait (state, event_type, event) values (?, ?, ?) returning wait_id',
        ).get(...fields);
      waits.set(name, returned(found).wait_id);
      return returned(found).wait_id;
    },
  };
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= rememberAtMost) map.clear();
  map.set(key, value);
}

export function returned<R>(row: R | undefined): R {
  if (row === undefined) throw new Error('an insert with "returning" gave no row');
  return row;
}
