import { explainedSchema, type Explained } from '../../../shared/model/explain.ts';
import { unpackText, type PackedText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

interface BodyRow {
  readonly body: PackedText;
}

const explainedOf = ({ body }: BodyRow): Explained => explainedSchema.parse(JSON.parse(unpackText(body)));

/** More texts of one statement tell nothing new about its constants. */
const mostTexts = 20;

export function createExplainedReader(prepare: Prepare) {
  return {
    explained(serverId: string, explainId: string): Explained | null {
      const row = prepare<BodyRow>('select body from explained where server_key = ? and explain_id = ?').get(
        knownServerKey(prepare, serverId),
        explainId,
      );
      return row === undefined ? null : explainedOf(row);
    },

    /** Newest first. */
    explainedOf(serverId: string, fingerprint: string, limit: number): Explained[] {
      return prepare<BodyRow>(
        `select body from explained where server_key = ? and fingerprint = ?
         order by taken_at_ms desc, rowid desc limit ?`,
      )
        .all(knownServerKey(prepare, serverId), fingerprint, limit)
        .map(explainedOf);
    },

    /** Texts are kept once for all servers: where others ran the statement too, whose they are cannot be told here. */
    sampledTexts(serverId: string, fingerprint: string): string[] | null {
      const others = prepare('select 1 from statement where fingerprint = ? and server_key <> ? limit 1').get(
        fingerprint,
        knownServerKey(prepare, serverId),
      );
      if (others !== undefined) return null;
      // A text of pg_stat_statements has the same fingerprint; laid over itself it tells no constant.
      return prepare<BodyRow>(
        `select body from text where fingerprint = ? order by last_used_hour desc, text_id desc limit ${mostTexts}`,
      )
        .all(fingerprint)
        .map(({ body }) => unpackText(body));
    },
  };
}
