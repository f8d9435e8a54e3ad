import type pg from 'pg';
import { alignConstants } from '../../electron/core/sql-text/align.ts';
import { readStatements } from '../../electron/core/sql-text/statement.ts';
import { demoWidgets } from '../../resources/demo-erp/widgets/widgets.ts';
import type { Question, Values } from './ch-benchmark/question.ts';

/** What else a constant of a widget may be, where a person could have asked so. */
const others: Readonly<Record<string, readonly [string, string]>> = {
  "'revenue'": ["'balance'", "'expense'"],
  "'expense'": ["'revenue'", "'balance'"],
};

/** The executive widgets of the demo ERP, as pg_stat_statements keeps their queries. */
export async function widgetQuestions(admin: pg.Client): Promise<Question[]> {
  const questions: Question[] = [];
  for (const { widgetId, liveSql } of demoWidgets.filter(({ kind }) => kind === 'executive')) {
    const text = await normalized(admin, liveSql);
    const sent = await constantsOf(text, liveSql);
    const setOf = (time: 0 | 1): Values =>
      Object.fromEntries(
        // A list of any length is one parameter from PostgreSQL 18 on.
        Object.entries(sent).map(([name, literals]) => [
          name,
          literals
            .split(', ')
            .map((literal) => others[literal]?.[time] ?? literal)
            .join(', '),
        ]),
      );
    questions.push({ name: `widget ${widgetId}`, text, sets: [sent, setOf(0), setOf(1)] });
  }
  return questions;
}

async function normalized(admin: pg.Client, sql: string): Promise<string> {
  const marked = 'pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)';
  await admin.query(`select ${marked}`);
  await admin.query(sql);
  const { rows } = await admin.query<{ query: string }>(
    `select query from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where datname = current_database() and query not like '%pg_stat_statements%'`,
  );
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} statements were kept of ${sql}`);
  return row.query;
}

async function constantsOf(text: string, sent: string): Promise<Values> {
  const [kept, sample] = [await readStatements(text), await readStatements(sent)];
  const [one, other] = [kept.ok ? kept.statements[0] : undefined, sample.ok ? sample.statements[0] : undefined];
  if (one === undefined || other === undefined) throw new Error(`not one statement: ${text}`);
  const squashed = new Set(one.parameters.filter((parameter) => parameter.squashed).map(({ number }) => number));
  const found = alignConstants(one.tree, other.tree, squashed);
  if (found === null) throw new Error(`the sample is of another statement: ${text}`);
  return Object.fromEntries([...found].map(([number, literal]) => [`$${number}`, literal]));
}
