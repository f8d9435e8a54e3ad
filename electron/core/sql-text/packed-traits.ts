import { isHiddenText, readStatementText, type StatementKind, type StatementText } from './statement-kind.ts';

/**
 * What `readStatementText` finds in a text, short enough to stand beside a statement in the local store: five thousand
 * statements of a kilobyte take 50 to 100 ms to unpack and to read, and a look at a morning asks nothing else of most of
 * them.
 */
export interface TextTraits extends StatementText {
  /** The text that a role sees which may not see it. */
  readonly hidden: boolean;
}

/** Rises when `readStatementText` finds something else in the same text: what was packed before is read anew. */
const version = 1;

const kinds: readonly StatementKind[] = [
  'read',
  'write',
  'locking_read',
  'refresh',
  'copy_in',
  'maintenance',
  'monitoring',
  'control',
  'unknown',
];
const isKind = (text: string): text is StatementKind => (kinds as readonly string[]).includes(text);

export function packTraits(text: string): string {
  const { kind, aggregates, tags } = readStatementText(text);
  const packed = `${version} ${kind} ${aggregates ? 'a' : '-'}${isHiddenText(text) ? 'h' : '-'}`;
  return tags.size === 0 ? packed : `${packed} ${JSON.stringify([...tags])}`;
}

const form = /^(\d+) (\w+) ([a-])([h-])(?: (.*))?$/s;
const untagged: StatementText['tags'] = new Map();
/** Most texts are one of a dozen. */
const known = new Map<string, TextTraits>();

/** null: packed by another version. */
export function unpackTraits(packed: string | null): TextTraits | null {
  const before = packed === null ? null : known.get(packed);
  if (packed === null || before !== undefined) return before ?? null;
  const [, of, kind = '', aggregates, hidden, tags] = form.exec(packed) ?? [];
  if (of !== String(version) || !isKind(kind)) return null;
  const traits: TextTraits = {
    kind,
    aggregates: aggregates === 'a',
    hidden: hidden === 'h',
    tags: tags === undefined ? untagged : new Map(JSON.parse(tags) as [string, string][]),
  };
  if (tags === undefined) known.set(packed, traits);
  return traits;
}
