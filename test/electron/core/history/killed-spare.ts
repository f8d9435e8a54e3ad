import Database from 'better-sqlite3';
import { writeSpare } from '../../../../electron/core/history/spare-numbers.ts';

/** A process that makes the copy of the store of argv[2] over and over until it is killed. */
const file = process.argv[2] ?? '';
const db = new Database(file);
for (let made = 1; ; made += 1) {
  writeSpare(db, file);
  process.send?.(made);
}
