/**
 * Who may do what in the demo ERP. `daybreak` has exactly the rights that the README asks for, so the demo proves
 * that they are enough. All three log in with passwords that `open-demo.ts` sets.
 */
export const roleNames = { app: 'erp_app', dashboards: 'dashboards', daybreak: 'daybreak' } as const;
export type RoleName = (typeof roleNames)[keyof typeof roleNames];

/** `database`: its quoted name. */
export const grants = (database: string): readonly string[] => [
  // The ERP's own program: reads all, writes documents.
  'grant usage on schema erp to erp_app',
  'grant select on all tables in schema erp to erp_app',
  `grant insert, update on erp.stock, erp.stock_movement, erp.sales_order, erp.ar_invoice, erp.ar_invoice_line,
     erp.receipt, erp.purchase_order, erp.purchase_approval, erp.gl_entry to erp_app`,
  'grant usage on all sequences in schema erp to erp_app',
  // The dashboard tool reads.
  'grant usage on schema erp to dashboards',
  'grant select on all tables in schema erp to dashboards',
  // Daybreak, with least rights: statistics of all roles, schemas of its own, the ERP's tables for reading.
  'grant pg_read_all_stats to daybreak',
  `grant create on database ${database} to daybreak`,
  'grant usage on schema erp to daybreak',
  'grant select on all tables in schema erp to daybreak',
];
