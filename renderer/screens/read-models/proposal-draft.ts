import {
  type CheckedProposal,
  type Proposal,
  proposalSchema,
  type ReadModel,
} from '../../../shared/model/read-model.ts';

export type ProposalField = keyof Proposal;
export type FieldProblems = Partial<Record<ProposalField, string>>;

/** What the person has on the screen: a whole proposal, and which of its fields are the person's own word. */
export interface Draft {
  readonly proposal: Proposal;
  readonly touched: ReadonlySet<ProposalField>;
}

const blank: Proposal = {
  name: '',
  question: '',
  owner: '',
  definitionSql: '',
  keyColumns: [],
  consumers: [],
  grantTo: [],
};

export const blankDraft: Draft = { proposal: blank, touched: new Set() };

/** A new version of a read model begins with all that the serving one says. */
export function draftOfVersion(model: ReadModel): Draft | null {
  const version = model.versions.find((one) => one.version === model.currentVersion);
  if (version === undefined) return null;
  return {
    proposal: {
      name: model.name,
      question: model.question,
      owner: model.owner,
      definitionSql: version.definitionSql,
      keyColumns: version.keyColumns,
      consumers: model.consumers,
      grantTo: [],
      ...(version.period === null ? {} : { period: version.period }),
    },
    touched: new Set(['name', 'question', 'owner', 'definitionSql', 'keyColumns', 'consumers', 'period']),
  };
}

export function edit(draft: Draft, changes: Partial<Proposal>): Draft {
  const touched = new Set(draft.touched);
  for (const field of Object.keys(changes) as ProposalField[]) touched.add(field);
  return { proposal: { ...draft.proposal, ...changes }, touched };
}

/** Takes what the engine suggests for the fields that the person has left alone. */
export function adopt(draft: Draft, checked: CheckedProposal): Draft {
  return { ...draft, proposal: { ...checked.proposal, ...own(draft) } };
}

function own({ proposal, touched }: Draft): Partial<Proposal> {
  return Object.fromEntries([...touched].map((field) => [field, proposal[field]]));
}

/** The person's fields that can be sent as they are; an empty or half-typed one is left to the suggestion. */
export function editsOf(draft: Draft): Partial<Proposal> {
  const problems = fieldProblems(draft.proposal);
  return Object.fromEntries(
    Object.entries(own(draft)).filter(([field]) => problems[field as ProposalField] === undefined),
  );
}

const hints: Readonly<Record<ProposalField, string>> = {
  name: 'Lower-case letters, digits and _, starting with a letter; at most 50',
  question: 'The one question that it answers',
  owner: 'Who speaks for it',
  definitionSql: 'A SELECT',
  keyColumns: 'The columns that identify a row',
  consumers: 'Each consumer needs a name and an owner',
  grantTo: 'Names of roles',
  period: 'A column of the key, its grain and a time zone',
};

/** What is still missing, by field. */
export function fieldProblems(proposal: Proposal): FieldProblems {
  const parsed = proposalSchema.safeParse(proposal);
  if (parsed.success) return {};
  const problems: FieldProblems = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path[0] as ProposalField;
    problems[field] = hints[field];
  }
  return problems;
}
