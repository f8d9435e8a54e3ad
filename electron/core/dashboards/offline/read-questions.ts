import type { Column } from '../../../../shared/model/read-model.ts';
import type { ChosenRows, ModelRows, RowExpression } from '../../history/model-rows.ts';
import { quoteIdent } from '../../postgres/quote.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { typeNames } from '../column-types.ts';
import { leaveOutRefused } from './leave-out-refused.ts';
import type { RowQuestions } from './widget-questions.ts';

type Cells = (string | null)[];

/** Rows as the server printed them, and what it says of each. */
export interface ToldRows {
  readonly rows: readonly Cells[];
  readonly ranks: ModelRows['ranks'];
  readonly conditions: ChosenRows[];
  readonly expressions: RowExpression[];
}

/** What is asked about each row. */
interface Question {
  readonly selected: readonly string[];
  /** A statement that asks it alone. */
  readonly probe: string;
}

interface Asked extends RowQuestions {
  /** What gives the rows. */
  readonly from: string;
  readonly columns: readonly Column[];
}

/**
 * The rows, and what the server says of each: its place in the order of every text, whether a condition chooses it, what an
 * expression is worth. One statement for all: only so a row and what is said of it stay together.
 */
export async function readQuestions(server: Server, sql: Sql, asked: Asked): Promise<ToldRows> {
  const { from, columns } = asked;
  const texts = columns.filter(({ type }) => isText(type)).map(({ name }) => name);
  const types = await typesOf(server, sql, asked);
  const chosen = asked.conditions.map((condition) => ({ condition, question: whetherChosen(condition, from) }));
  const worth = types.map(({ expression, type }) => ({ expression, type, question: worthOf(expression, type, from) }));
  const { possible, rows } = await leaveOutRefused(
    sql,
    [...chosen, ...worth].map(({ question }) => question),
    ({ probe }) => probe,
    async (some) => {
      const selected = ['*', ...texts.map((name) => rankBy(quoteIdent(name))), ...some.flatMap((one) => one.selected)];
      return { possible: some, ...(await sql.queryText(`select ${selected.join(', ')} from ${from}`)) };
    },
  );
  let next = columns.length;
  const taken = (): Cells => {
    const place = next++;
    return rows.map((row) => row[place] ?? null);
  };
  const ranks = Object.fromEntries(texts.map((name) => [name, taken().map(Number)]));
  const told = new Map(possible.map((question) => [question, question.selected.map(taken)]));
  return {
    rows: rows.map((row) => row.slice(0, columns.length)),
    ranks,
    conditions: chosen.map(({ condition, question }) => {
      const [letters] = told.get(question) ?? [];
      return { condition, chosen: letters?.map((letter) => letter ?? 'f').join('') ?? null };
    }),
    expressions: asked.expressions.map((expression) => {
      const found = worth.find((one) => one.expression === expression);
      const [cells, places] = found === undefined ? [] : (told.get(found.question) ?? []);
      if (found === undefined || cells === undefined) return { expression, values: null };
      return { expression, values: { type: found.type, cells, ...(places && { ranks: places.map(Number) }) } };
    }),
  };
}

/** Of those that the server does not refuse. */
async function typesOf(server: Server, sql: Sql, { from, expressions }: Asked) {
  const oids = await leaveOutRefused(
    sql,
    expressions,
    (expression) => `select (${expression}) from ${from} limit 0`,
    async (some) => {
      if (some.length === 0) return [];
      const selected = some.map((expression) => `(${expression})`).join(', ');
      const { columns } = await sql.queryText(`select ${selected} from ${from} limit 0`);
      return some.map((expression, at) => ({ expression, oid: columns[at]?.typeOid ?? 0 }));
    },
  );
  const names = await typeNames(
    server,
    sql,
    oids.map(({ oid }) => oid),
  );
  return oids.map(({ expression, oid }) => ({ expression, type: names.get(oid) ?? String(oid) }));
}

const isText = (type: string): boolean => /^(text|character varying|character|name)\b/.test(type);

/** The server's own order of a text is its collation's; here it becomes a number. */
const rankBy = (text: string): string => `dense_rank() over (order by ${text})`;

const whetherChosen = (condition: string, from: string): Question => ({
  selected: [`(${condition}) is true`],
  probe: `select count(*) filter (where ${condition}) from ${from}`,
});

function worthOf(expression: string, type: string, from: string): Question {
  const value = `(${expression})`;
  if (!isText(type)) return { selected: [value], probe: `select count(${value}) from ${from}` };
  return {
    selected: [value, rankBy(value)],
    probe: `select count(place) from (select ${rankBy(value)} as place from ${from}) probed`,
  };
}
