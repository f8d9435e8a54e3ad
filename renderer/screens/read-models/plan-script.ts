import { terminatedSql } from '../../../shared/format/terminated-sql.ts';
import type { Plan, PlanStep } from '../../../shared/model/read-model.ts';
import { planTitle } from './words.ts';

/**
 * The plan as a script for psql: for reading, for review, and for somebody who may run it where Daybreak may not. It says in comments what the engine does around it: retries of
 * the flip, and undo.
 */
export function planScript(plan: Plan): string {
  const head = [
    `-- ${planTitle(plan)} of ${plan.schema}.${plan.readModel}`,
    `-- plan ${plan.planId}, hash ${plan.planHash}`,
    ...plan.warnings.map((warning) => `-- mind: ${oneLine(warning)}`),
    // psql goes on after an error by itself, and would switch readers to what was not filled.
    '\\set ON_ERROR_STOP on',
    'set standard_conforming_strings = on;',
  ];
  return `${[head.join('\n'), ...plan.steps.map(stepScript)].join('\n\n')}\n`;
}

function stepScript(step: PlanStep): string {
  const statements = step.sql.map(terminatedSql);
  const retried = step.kind === 'flip' ? ['--    retried under its lock timeout until it is granted'] : [];
  return [
    `-- ${step.step}. ${oneLine(step.title)}`,
    `--    lock: ${oneLine(step.lock)}; blocks: ${oneLine(step.blocks)}`,
    ...(step.expectedLock === undefined ? [] : [`--    held: ${oneLine(step.expectedLock)}`]),
    ...retried,
    ...(step.transactional ? ['begin;', ...statements, 'commit;'] : statements),
    ...undoComment(step),
  ].join('\n');
}

function undoComment({ undoSql, undoNote }: PlanStep): readonly string[] {
  const lines = undoSql.map((sql) => `-- undo: ${oneLine(terminatedSql(sql))}`);
  if (undoNote !== null) lines.push(`-- undo: ${oneLine(undoNote)}`);
  return lines;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
