/**
 * `npm run bench:propose`: what the 22 analytical queries of CH-benCHmark and the demo ERP's executive widgets become,
 * as pg_stat_statements keeps them. Each model is built, and the statement compared with its rewriting, over three
 * parameter sets that differ; see `test/support/proposed-question.ts`. `--server 15` uses Debian's server, `--volume 4`
 * makes four times the rows.
 */
import { parseArgs } from 'node:util';
import { analyticalQueries, refusedStatements } from '../support/ch-benchmark/questions.ts';
import { deriveFor, proposeQuestion, type ProposedQuestion } from '../support/proposed-question.ts';
import { widgetQuestions } from '../support/widget-questions.ts';
import { atLeast, atMost, finish } from './gates.ts';
import { openMixed, type Mixed } from './propose/mixed.ts';

const { values } = parseArgs({
  options: { server: { type: 'string', default: '18' }, volume: { type: 'string', default: '2' } },
});
if (values.server !== '15' && values.server !== '18') throw new Error('--server is 15 or 18');

const setsAsked = 3;

async function run(mixed: Mixed) {
  const questions = [...analyticalQueries, ...(await widgetQuestions(mixed.admin))];
  const proposed: ProposedQuestion[] = [];
  for (const question of questions) {
    const one = await proposeQuestion(mixed, question);
    console.log(row(one));
    proposed.push(one);
  }
  const refused = await Promise.all(
    refusedStatements.map(async ({ name, text, construct }) => {
      const derivation = await deriveFor(mixed.server, text, {});
      const found = derivation.outcome === 'derived' ? derivation.shape : derivation.construct;
      console.log(`${name.padEnd(38)} refused  ${found}${found === construct ? '' : `, and not ${construct}`}`);
      return { name, construct, found };
    }),
  );
  return { proposed, refused, version: mixed.version };
}

function row(one: ProposedQuestion): string {
  const free = one.freeParameters.length === 0 ? '' : `, free ${one.freeParameters.join(' ')}`;
  const frozen = one.frozenParameters.length === 0 ? '' : `, frozen ${one.frozenParameters.join(' ')}`;
  const because = one.construct === null ? '' : `, because of ${one.construct}`;
  const proven = `${one.equalRows.length} sets equal (${one.equalRows.join(', ')} rows), ${one.differentResults} different results`;
  const wrong = one.differing.map((what) => `\n    DIFFERENT ${what}`).join('');
  return `${one.name.padEnd(38)} ${one.outcome.padEnd(8)} ${proven}, model ${one.modelRows} rows${free}${frozen}${because}${wrong}`;
}

const mixed = await openMixed({ major: values.server === '15' ? 15 : 18, volume: Number(values.volume) });
const { proposed, refused, version } = await run(mixed).finally(() => mixed.stop());

const free = proposed.filter(({ outcome }) => outcome === 'free');
const kept = proposed.filter(({ outcome }) => outcome === 'frozen' || outcome === 'clock');
const equalOnAll = (one: ProposedQuestion) => one.differing.length === 0 && one.equalRows.length >= setsAsked;
const someRows = (one: ProposedQuestion) => one.equalRows.some((rows) => rows > 0);
finish(
  'propose',
  [
    atLeast('freeAndProvenOnThreeSets', free.filter((one) => equalOnAll(one) && someRows(one)).length, 14),
    atLeast(
      'freeAndProvenOnThreeResults',
      free.filter((one) => equalOnAll(one) && one.differentResults >= 3).length,
      14,
    ),
    atLeast('frozenAndProven', kept.filter((one) => one.differing.length === 0 && someRows(one)).length, 8),
    atMost('proposedAndWrong', proposed.filter(({ differing }) => differing.length > 0).length, 0),
    atMost('refusedForAnotherConstruct', refused.filter(({ construct, found }) => construct !== found).length, 0),
    atMost('provenWithoutARow', proposed.filter((one) => one.outcome !== 'refused' && !someRows(one)).length, 0),
  ],
  { version, proposed, refused },
);
