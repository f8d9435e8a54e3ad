import type pg from 'pg';
import type { ReadonlySession, Server } from '../../electron/core/postgres/session.ts';
import type { Derivation, Derived } from '../../electron/core/read-model/propose/derive/derivation.ts';
import { derive } from '../../electron/core/read-model/propose/derive/derive.ts';
import { describeWith } from '../../electron/core/read-model/propose/derive/describe-with.ts';
import { compareQueries } from '../../electron/core/read-model/prove/compare-queries.ts';
import { literalsOf } from '../../electron/core/read-model/prove/parameter-literals.ts';
import { prove } from '../../electron/core/read-model/prove/prove.ts';
import { readOneSelect } from '../../electron/core/read-model/prove/select-text.ts';
import { fill } from '../../electron/core/sql-text/fill.ts';
import { provenResults, type ComparisonOutcome } from '../../shared/model/proof.ts';
import type { Question, Values } from './ch-benchmark/question.ts';

const stableName = { schema: 'proposed', name: 'model' };
const timeoutMs = 120_000;

/** What became of a statement, and whether its rewriting answers as it does. */
export interface ProposedQuestion {
  readonly name: string;
  /** free: some parameter still filters. clock: none does, but the reader's clock. */
  readonly outcome: 'free' | 'clock' | 'frozen' | 'refused';
  /** Parameters, as the text numbers them. */
  readonly freeParameters: readonly string[];
  readonly frozenParameters: readonly string[];
  /** Why it is not free, or refused. */
  readonly construct: string | null;
  /** Rows of the model that was built, for the first parameter set. */
  readonly modelRows: number;
  /** Rows of each result that was compared and equal; a single row of NULL and 0 counts as none. */
  readonly equalRows: readonly number[];
  /** Results with rows among them, each once: what the product's verdict asks for. */
  readonly differentResults: number;
  readonly differing: readonly string[];
}

interface Tools {
  readonly server: Server;
  /** May create schema `proposed`. */
  readonly admin: pg.Client;
}

const dayMs = 86_400_000;
const otherDays = [40, 200].map((days) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10));

const numbered = (values: Values): ReadonlyMap<number, string> =>
  new Map(Object.entries(values).map(([name, literal]) => [Number(name.slice(1)), literal]));

/**
 * Derives a statement as the product does from the constants that were sent first, builds the model as a table in one
 * time zone, and compares the statement with its rewriting over that table in another, value for value; the product's
 * own proof has to say the same. A free model is asked with all parameter sets; a frozen result is made for each of them.
 */
export async function proposeQuestion(tools: Tools, question: Question): Promise<ProposedQuestion> {
  const { name, text, sets } = question;
  const derivation = await deriveFor(tools.server, text, sets[0]);
  const all = [...new Set(Object.keys(sets[0]))];
  const nothing = {
    name,
    freeParameters: [],
    frozenParameters: [],
    modelRows: 0,
    equalRows: [],
    differentResults: 0,
    differing: [],
  };
  if (derivation.outcome === 'not_derivable') {
    return { ...nothing, outcome: 'refused', construct: derivation.construct };
  }
  const free = derivation.shape === 'free';
  const moves = !free && /current_date|now\(\)/i.test(derivation.rewrittenSql);
  const frozen = derivation.frozenParameters.map((parameter) => parameter.name);
  const runs: (Compared & { readonly model: Derived })[] = [];
  for (const [at, set] of sets.entries()) {
    if (!free && at > 0 && JSON.stringify(set) === JSON.stringify(sets[0])) continue;
    const model = free || at === 0 ? derivation : await deriveFor(tools.server, text, set);
    if (model.outcome === 'not_derivable') throw new Error(`${name}: set ${at + 1} is refused: ${model.construct}`);
    const held = Object.fromEntries(model.frozenParameters.map((one) => [one.name, one.literal]));
    runs.push({ model, ...(await compareBuilt(tools, text, model, { ...set, ...held })) });
  }
  // Nobody can set the server's clock, but every word of it can be written as the day that it would say.
  for (const day of moves ? otherDays : []) {
    const on = (sql: string) => sql.replaceAll(/current_date/gi, `'${day}'::date`);
    const model = { ...derivation, rewrittenSql: on(derivation.rewrittenSql) };
    runs.push({ model, ...(await compareBuilt(tools, on(text), model, sets[0])) });
  }
  const parameters = all.filter((parameter) => !frozen.includes(parameter));
  if (free) requireDiffering(question, parameters);
  return {
    name,
    outcome: free ? 'free' : moves ? 'clock' : 'frozen',
    freeParameters: free ? parameters : [],
    frozenParameters: frozen,
    construct: derivation.notFree?.construct ?? null,
    modelRows: runs[0]?.modelRows ?? 0,
    equalRows: runs.flatMap(({ outcome }) => (outcome.result === 'equal' ? [outcome.nothing ? 0 : outcome.rows] : [])),
    differentResults: provenResults(runs),
    differing: runs.flatMap(({ outcome }) => (outcome.result === 'equal' ? [] : [JSON.stringify(outcome)])),
  };
}

export function deriveFor(server: Server, text: string, known: Values): Promise<Derivation> {
  return server.withReadonly((session) =>
    session.snapshot((sql) => derive({ text, known: numbered(known), stableName, describe: describeWith(sql) })),
  );
}

/** Three sets that only differ in what the model has frozen would prove nothing. */
function requireDiffering({ name, sets }: Question, free: readonly string[]): void {
  const asked = new Set(sets.map((set) => JSON.stringify(free.map((parameter) => set[parameter]))));
  if (asked.size < sets.length) throw new Error(`${name}: the parameter sets do not differ in what stayed free`);
}

interface Compared {
  readonly outcome: ComparisonOutcome;
  readonly modelRows: number;
}

async function compareBuilt({ server, admin }: Tools, text: string, model: Derived, values: Values): Promise<Compared> {
  await admin.query(`create schema if not exists ${stableName.schema}; set timezone = 'UTC'`);
  const table = `${stableName.schema}.${stableName.name}`;
  await admin.query(`drop table if exists ${table}; create table ${table} as ${model.definitionSql}`);
  const { rows } = await admin.query<{ n: string }>(`select count(*) as n from ${table}`);
  const outcome = await server.withReadonly(
    async (session) => {
      const [proof] = await prove({
        session,
        originalSql: text,
        ...model,
        stableName,
        parameterSets: [values],
        timeoutMs,
      });
      const built = await overTable(session, server.facts.versionNumber, text, model, values);
      // A frozen result belongs to the time zone that filled it; the proof above compares it within one.
      return proof?.result === 'equal' || proof === undefined ? built : proof;
    },
    { statementTimeoutMs: timeoutMs },
  );
  return { outcome, modelRows: Number(rows[0]?.n ?? 0) };
}

async function overTable(
  session: ReadonlySession,
  versionNumber: number,
  text: string,
  model: Derived,
  values: Values,
): Promise<ComparisonOutcome> {
  const original = await readOneSelect(text);
  const rewritten = await readOneSelect(model.rewrittenSql);
  const options = { ...(await literalsOf(original, values)), versionNumber };
  return session.snapshot(async (sql) => {
    if (model.shape === 'free') await sql.query(`select set_config('timezone', 'America/New_York', true)`);
    return compareQueries(sql, fill(original, options), fill(rewritten, options));
  });
}
