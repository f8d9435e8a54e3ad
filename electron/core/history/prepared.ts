import type Database from 'better-sqlite3';

/** Prepares each SQL text once per connection. `R`: the shape of a row. */
export type Prepare = <R = unknown>(sql: string) => Database.Statement<unknown[], R>;

export function prepareOnce(db: Database.Database): Prepare {
  const prepared = new Map<string, Database.Statement<unknown[], unknown>>();
  return <R>(sql: string) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = db.prepare<unknown[], unknown>(sql);
      prepared.set(sql, statement);
    }
    return statement as Database.Statement<unknown[], R>;
  };
}
