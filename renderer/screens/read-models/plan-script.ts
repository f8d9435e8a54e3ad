import { oneLine, sqlComment } from '../../../shared/format/sql-comment.ts';
import { terminatedSql } from '../../../shared/format/terminated-sql.ts';
import type { Plan, PlanStep } from '../../../shared/model/read-model.ts';
import { handOverSql, setRoleAndBack } from './hand-over.ts';
import { planTitle } from './words.ts';

/**
 * The plan as a script for psql: for reading, for review, and for somebody who may run it where Daybreak may not. It says
 * in comments what the engine does around it: retries of the flip, and undo. What it makes is given to Daybreak's role,
 * which refreshes it afterwards and points the view at it.
 */
export function planScript(plan: Plan): string {
  const { role } = plan;
  const gives = role !== undefined && plan.steps.some(({ sql }) => handOverSql(sql, role).length > 0);
  const head = [
    sqlComment(`${planTitle(plan)} of ${plan.schema}.${plan.readModel}`),
    sqlComment(`plan ${plan.planId}, hash ${plan.planHash}`),
    ...plan.warnings.map((warning) => sqlComment(`mind: ${warning}`)),
    ...(role === undefined ? [] : [sqlComment(whoRuns(role, gives))]),
    // psql goes on after an error by itself, and would switch readers to what was not filled.
    '\\set ON_ERROR_STOP on',
    'set standard_conforming_strings = on;',
    ...(gives ? requireMembership(role) : []),
  ];
  return `${[head.join('\n'), ...plan.steps.map((step) => stepScript(step, role))].join('\n\n')}\n`;
}

const whoRuns = (role: string, gives: boolean): string =>
  gives
    ? `What it makes is given to role ${role}, which refreshes it afterwards. Run it as a superuser, or as that role or a member of it with the right to create here.`
    : `Run it as a superuser, or as role ${role} or a member of it with the rights to what it changes.`;

/** Ends the script before anything is made by a role that could not give it away. */
const requireMembership = (role: string): string[] => [
  sqlComment(`Ends here for a role that could not give it to ${role}.`),
  ...setRoleAndBack(role),
];

function stepScript(step: PlanStep, role: string | undefined): string {
  const given = role === undefined ? [] : handOverSql(step.sql, role);
  const statements = [...step.sql, ...given].map(terminatedSql);
  const retried = step.kind === 'flip' ? ['--    retried under its lock timeout until it is granted'] : [];
  return [
    sqlComment(`${step.step}. ${step.title}`),
    `--    lock: ${oneLine(step.lock)}; blocks: ${oneLine(step.blocks)}`,
    ...(step.expectedLock === undefined ? [] : [`--    held: ${oneLine(step.expectedLock)}`]),
    ...retried,
    ...(step.transactional ? ['begin;', ...statements, 'commit;'] : statements),
    ...undoComment(step),
  ].join('\n');
}

function undoComment({ undoSql, undoNote }: PlanStep): readonly string[] {
  const lines = undoSql.map((sql) => sqlComment(`undo: ${terminatedSql(sql)}`));
  if (undoNote !== null) lines.push(sqlComment(`undo: ${undoNote}`));
  return lines;
}
