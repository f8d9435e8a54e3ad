/** What classes ask of a text (sql-text/packed-traits.ts), so that a look at a morning need not read all texts. */
export const statementTraits = {
  version: 60,
  name: 'statement traits',
  sql: `
    -- null: the text is not known, or was stored before this was written down
    alter table statement add column traits text;
  `,
} as const;
