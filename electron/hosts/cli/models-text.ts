import { terminatedSql } from '../../../shared/format/terminated-sql.ts';
import type { DefinitionDiff } from '../../../shared/model/definitions.ts';
import { isForRegistry, type Plan } from '../../../shared/model/plan.ts';

const marks = { same: ' ', new: '+', changed: '~', refused: '!', only_on_server: '?' } as const;
const words = {
  same: 'as in the folder',
  new: 'new',
  changed: 'changed',
  refused: 'cannot be built',
  only_on_server: 'only on the server',
} as const;

/** One read model of a diff, with its definition line by line where that differs. */
export function diffText(diff: DefinitionDiff): string {
  const { name, state, serverVersion, changes, notes, serverSql, folderSql } = diff;
  const version = serverVersion === null ? '' : `, version ${serverVersion}`;
  const lines = [`${marks[state]} ${name}: ${words[state]}${version}`];
  lines.push(...[...changes, ...notes].map((text) => `    ${oneLine(text)}`));
  if (state === 'changed' && serverSql !== null && folderSql !== null && serverSql !== folderSql) {
    lines.push(...lineDiff(serverSql.split('\n'), folderSql.split('\n')).map((line) => `    ${printableLine(line)}`));
  }
  return lines.join('\n');
}

/** A plan as it is read before it runs. */
export function planText(plan: Plan): string {
  const about = isForRegistry(plan.kind) ? 'the registry' : `${plan.schema}.${plan.readModel}`;
  const lines = [`Plan for ${about} (${plan.kind.replace('_', ' ')}), hash ${plan.planHash.slice(0, 12)}`];
  if (plan.proof != null) lines.push(...(plan.proof.text ?? '').split('\n').map((text) => `  proof: ${oneLine(text)}`));
  lines.push(...plan.warnings.map((warning) => `  mind: ${oneLine(warning)}`));
  for (const step of plan.steps) {
    lines.push(`  ${step.step}. ${oneLine(step.title)}`);
    lines.push(`     lock: ${oneLine(step.lock)}; blocks: ${oneLine(step.blocks)}`);
    lines.push(
      ...step.sql.flatMap((sql) =>
        terminatedSql(sql)
          .split('\n')
          .map((line) => `       ${printableLine(line)}`),
      ),
    );
    if (step.undoSql.length === 0 && step.undoNote !== null) lines.push(`     no undo: ${oneLine(step.undoNote)}`);
  }
  return lines.join('\n');
}

/** Lines of the longest common part unmarked, those before with -, those now with +. */
export function lineDiff(before: readonly string[], now: readonly string[]): string[] {
  const common: number[][] = Array.from({ length: before.length + 1 }, () => Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = common[i];
    if (row === undefined) continue;
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < now.length) {
    if (i < before.length && j < now.length && before[i] === now[j]) {
      lines.push(`  ${before[i]}`);
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${before[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${now[j]}`);
      j += 1;
    }
  }
  return lines;
}

const oneLine = (text: string): string => printableLine(text.replace(/\s+/g, ' ').trim());

/** Nothing that came from a server or a file moves the cursor; indentation stays. */
const printableLine = (text: string): string => text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
