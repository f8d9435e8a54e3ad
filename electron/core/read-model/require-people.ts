import { Failure } from '../../../shared/model/failure.ts';
import type { Proposal } from '../../../shared/model/read-model.ts';

/** Throws `invalid_input` where nobody would speak for a read model: a question, an owner and a consumer are required. */
export function requirePeople({ name, question, owner, consumers }: Proposal): void {
  const missing = [
    ...(question.trim() === '' ? ['the question that it answers'] : []),
    ...(owner.trim() === '' ? ['an owner, who is asked before it changes'] : []),
    ...(consumers.length === 0 ? ['a consumer with the age that it accepts (a widget, a report, a program)'] : []),
  ];
  if (missing.length === 0) return;
  throw new Failure({
    code: 'invalid_input',
    message: `Read model ${name} needs ${missing.join(', and ')}. Without them nobody can tell later whether it is still wanted.`,
    detail: { missing },
  });
}
