import pg from 'pg';

const asText = (value: string): string => value;
const textArrayOid: number = 1009; // not among the names that pg's declarations know
const asTextArray: (value: string) => (string | null)[] = pg.types.getTypeParser(textArrayOid);

/**
 * What stays text: int8 and numeric, which do not fit a JavaScript number, and dates and times, which pg would read in
 * this machine's time zone. SQL that wants milliseconds converts them itself.
 */
const textOids: ReadonlySet<number> = new Set([
  20, 1700, 1082, 1083, 1114, 1184, 1186, 1266, // int8 numeric date time timestamp timestamptz interval timetz
]); // prettier-ignore
const textArrayOids: ReadonlySet<number> = new Set([
  1016, 1231, 1182, 1183, 1115, 1185, 1187, 1270, // the same, as arrays
]); // prettier-ignore

/** Cells as `Sql.query` gives them. Oids are numbers: cast them to text where they leave a query. */
export const parsedTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && textOids.has(oid)) return asText;
    if (format !== 'binary' && textArrayOids.has(oid)) return asTextArray;
    return pg.types.getTypeParser(oid, format);
  },
};

/** Cells exactly as the server printed them. */
export const printedTypes: pg.CustomTypesConfig = { getTypeParser: () => asText };
