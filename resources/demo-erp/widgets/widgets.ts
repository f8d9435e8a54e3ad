import type { DemoWidget } from './demo-widget.ts';
import { stockValuation } from './inventory.ts';
import { budgetBurn, glByAccount } from './ledger.ts';
import { lowStock, openApprovals, todaysReceipts } from './operational.ts';
import { arAging } from './receivables.ts';
import { activeCustomers, marginByCategory, monthlySales } from './sales.ts';

export type { DemoReadModel, DemoWidget } from './demo-widget.ts';

/** The demo ERP's widgets: seven executive ones, then three operational ones. */
export const demoWidgets: readonly DemoWidget[] = [
  arAging,
  monthlySales,
  marginByCategory,
  activeCustomers,
  stockValuation,
  glByAccount,
  budgetBurn,
  openApprovals,
  todaysReceipts,
  lowStock,
];
