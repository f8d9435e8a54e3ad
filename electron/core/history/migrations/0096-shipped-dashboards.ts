/** What came with the demo ERP, as it came: one that somebody changed or removed since is not put there again. */
export const shippedDashboards = {
  version: 96,
  name: 'shipped dashboards',
  sql: `
    create table shipped_dashboard (
      server_key integer not null references server on delete cascade,
      -- stays when the dashboard is gone
      dashboard_id text not null,
      body text not null,
      primary key (server_key, dashboard_id)
    ) strict, without rowid;
  `,
} as const;
