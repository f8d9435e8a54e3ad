import type { Explained } from '../../../shared/model/explain.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ExplainDocument } from '../postgres/queries/explain.ts';
import { writes, type Prepared } from './plan-statement.ts';
import { isWrongEstimate, planNodes } from './plan-tree.ts';
import { round } from './words.ts';

/** What to know when reading the plan, one sentence each. */
export function notesOf(
  prepared: Prepared,
  method: Explained['method'],
  document: ExplainDocument,
  analyzed: boolean,
  root: Explained['root'],
): string[] {
  const { statement, values, missing, notes } = prepared;
  const told = [...notes];
  if (method !== 'constants') {
    const names = missing.map(({ name, context }) => (context === name ? name : `${name} (${context})`));
    told.push(
      `Planned without looking at values, since ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not known: with real ones the server may choose another plan.`,
    );
  }
  const guessed = values.filter(({ origin }) => origin === 'statistics').map(({ name }) => name);
  if (guessed.length > 0) {
    told.push(
      `${guessed.join(', ')}: no run was seen whole, so a typical value from pg_stats stands in. Another value may get another plan.`,
    );
  }
  if (writes(statement)) {
    told.push(
      analyzed
        ? 'It was run and rolled back. Sequences that it drew from have advanced, its triggers fired, and its row locks were held until the end.'
        : 'ANALYZE would run it. That is rolled back, but sequences advance, triggers fire, and it takes row locks that savers of the ERP wait for.',
    );
  }
  told.push(...measuredNotes(document, root));
  return told;
}

function measuredNotes(document: ExplainDocument, root: Explained['root']): string[] {
  const notes: string[] = [];
  const nodes = [...planNodes(root)];
  const wrong = nodes.filter(isWrongEstimate).toSorted((a, b) => (b.estimateError ?? 0) - (a.estimateError ?? 0));
  const [worst] = wrong;
  if (worst !== undefined) {
    notes.push(
      `${wrong.length === 1 ? 'One estimate is' : `${wrong.length} estimates are`} wrong tenfold or more; the worst: ${worst.nodeType}${worst.relation === null ? '' : ` on ${worst.relation}`}, ${round(worst.estimatedRows)} rows expected and ${round(worst.actualRows ?? 0)} found.`,
    );
  }
  const neverRan = nodes.filter(({ loops }) => loops === 0).length;
  if (neverRan > 0) notes.push(`${neverRan === 1 ? 'One node' : `${neverRan} nodes`} never ran.`);
  const spilled = nodes.reduce((most, { tempBlocks }) => Math.max(most, tempBlocks ?? 0), 0);
  if (spilled > 0)
    notes.push(`It wrote and read ${round(spilled)} blocks of temporary files: work_mem was too small for it.`);
  const triggers = document.Triggers ?? [];
  const triggersMs = triggers.reduce((sum, { Time = 0 }) => sum + Time, 0);
  if (triggersMs > 0) {
    const names = triggers.map((trigger) => trigger['Trigger Name']).join(', ');
    notes.push(`Triggers took ${formatDuration(triggersMs)} of it, outside of every node: ${names}.`);
  }
  const jitMs = document.JIT?.Timing?.Total ?? 0;
  if (jitMs > 0) notes.push(`Compiling (JIT) took ${formatDuration(jitMs)} of it.`);
  return notes;
}
