import { Failure } from '../../../shared/model/failure.ts';

/**
 * A file that Daybreak sends: one line of text that says what it is, then a gzip stream of records. A record is its
 * kind (one byte), its length (four bytes, little endian) and its bytes. gzip's own checksum and the last record
 * ('end'), which counts the others, tell a file that was cut or changed.
 */
export interface RecordFormat<K extends string> {
  /** Begins the first line: 'Daybreak capture'. */
  readonly title: string;
  /** What it is called in sentences: 'capture'. */
  readonly noun: string;
  readonly version: number;
  readonly kinds: readonly (K | 'end')[];
  /** How to tell one, and where they come from: a sentence. */
  readonly hint: string;
}

export const magicLine = ({ title, version }: RecordFormat<string>): string => `${title} ${version}\n`;
export const magicPattern = ({ title }: RecordFormat<string>): RegExp => new RegExp(`^${title} (\\d+)\\n`);
export const longestMagic = 40;

/** No record is longer: what claims to be is damaged. An interval of 100,000 statements has some 5 MB. */
export const longestRecordBytes = 256 * 2 ** 20;

export const damagedFile = (format: RecordFormat<string>, file: string, why: string, cause?: unknown): Failure =>
  new Failure(
    {
      code: 'invalid_input',
      message: `The ${format.noun} ${file} is damaged: ${why}. Have it sent or exported again; nothing of it was taken over.`,
      detail: { file },
    },
    { cause },
  );
