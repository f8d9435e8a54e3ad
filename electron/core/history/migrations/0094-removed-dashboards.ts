/** A dashboard that was removed stays for a while, with its numbers, so that it can be put back where it was. */
export const removedDashboards = {
  version: 94,
  name: 'removed dashboards',
  sql: `
    -- null: it is there
    alter table dashboard add column removed_at_ms real;
  `,
} as const;
