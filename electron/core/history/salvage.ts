import Database from 'better-sqlite3';

/** What could be taken over out of a damaged store. */
export interface Salvaged {
  readonly connections: number;
  readonly dashboards: number;
  readonly results: number;
}

const nothing: Salvaged = { connections: 0, dashboards: 0, results: 0 };

/** In an order in which each finds what it refers to; `key`: what a row is read by, from both ends of the damage. */
const tables = [
  { name: 'server', key: 'server_key' },
  { name: 'connection', key: 'server_key' },
  { name: 'capture', key: 'server_key' },
  { name: 'offline_cache', key: 'only_row' },
  { name: 'dashboard', key: 'dashboard_key' },
  { name: 'widget_result', key: 'result_id' },
  { name: 'model_rows', key: 'rowid' },
] as const;

/**
 * Reads what damaged stores still tell of connections, dashboards and saved numbers into a new one: a file that was cut
 * short has lost its end, not all of its pages. Of a row that several of them have, the first one's is taken. They are
 * only read. What refers to a row that is gone, and captures, whose history is gone, are left out. A saved number says
 * itself whether it is whole.
 */
export function salvage(into: Database.Database, files: readonly string[]): Salvaged {
  // What a row refers to may be on the part that is gone: that is looked at when all is there.
  into.pragma('foreign_keys = off');
  try {
    into
      .transaction(() => {
        for (const file of files) copyAll(file, into);
        leaveOut(into);
      })
      .immediate();
    const left = (table: string): number =>
      into.prepare<[], { rows: number }>(`select count(*) as rows from ${table}`).get()?.rows ?? 0;
    return { connections: left('connection'), dashboards: left('dashboard'), results: left('widget_result') };
  } catch {
    return nothing;
  } finally {
    into.pragma('foreign_keys = on');
  }
}

function copyAll(file: string, into: Database.Database): void {
  let from: Database.Database;
  try {
    from = new Database(file, { readonly: true, fileMustExist: true });
  } catch {
    return;
  }
  try {
    // A file that is shorter than its head says is opened all the same with a writable schema, and nothing is written.
    from.unsafeMode(true);
    from.pragma('writable_schema = on');
    for (const { name, key } of tables) copy(from, into, name, key);
  } catch {
    // No database at all: there is nothing to take.
  } finally {
    from.close();
  }
}

function copy(from: Database.Database, into: Database.Database, table: string, key: string): void {
  const columns = columnsOf(into, table).filter((name) => columnsOf(from, table).includes(name));
  if (columns.length === 0) return;
  const write = into.prepare(
    `insert or ignore into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  let last: unknown = null;
  const each = (sql: string, ...values: readonly unknown[]): boolean => {
    try {
      for (const row of from
        .prepare<unknown[], unknown[]>(sql)
        .raw()
        .iterate(...values)) {
        const [place, ...cells] = row;
        write.run(...cells);
        last = place;
      }
      return true;
    } catch {
      return false;
    }
  };
  const select = `select ${key}, ${columns.join(', ')} from ${table}`;
  if (!each(`${select} order by ${key}`)) each(`${select} where ${key} > ? order by ${key} desc`, last ?? -1);
}

function columnsOf(db: Database.Database, table: string): readonly string[] {
  try {
    return db
      .prepare<[string], { name: string }>('select name from pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** A capture without its samples is nothing; its dashboards, where it is a pack, are all of it. */
function leaveOut(into: Database.Database): void {
  into.exec(`
    delete from dashboard where server_key not in (select server_key from server where removed = 0);
    delete from model_rows where server_key not in (select server_key from server where removed = 0);
    delete from widget_result where dashboard_key not in (select dashboard_key from dashboard);
    update server set removed = 1, server_id = server_id || ' removed ' || server_key
      where server_key in (select server_key from capture) and removed = 0
        and server_key not in (select server_key from dashboard);
    delete from capture where server_key not in (select server_key from server);
    delete from connection where server_key not in (select server_key from server where removed = 0);
  `);
}
