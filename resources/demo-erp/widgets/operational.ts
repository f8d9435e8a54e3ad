import type { DemoWidget } from './demo-widget.ts';

export const openApprovals: DemoWidget = {
  widgetId: 'open-approvals',
  kind: 'operational',
  title: 'Open approvals',
  question: 'Which purchase orders wait for a decision?',
  owner: 'Head of procurement',
  chart: {
    kind: 'table',
    x: null,
    series: null,
    values: ['purchase_order', 'supplier', 'requested_by', 'approver', 'waiting_since', 'amount'],
    formats: {
      purchase_order: 'text',
      supplier: 'text',
      requested_by: 'text',
      approver: 'text',
      waiting_since: 'date',
      amount: 'money',
    },
    currency: 'EUR',
    layout: { x: 0, y: 4, w: 8, h: 6 },
  },
  budget: 'live',
  liveSql: `select po.purchase_order_no as purchase_order,
  po.supplier,
  po.requested_by,
  a.approver,
  a.waiting_since,
  po.total_amount as amount
from erp.purchase_approval a
join erp.purchase_order po on po.purchase_order_id = a.purchase_order_id
where a.status = 'waiting'
order by a.waiting_since, po.purchase_order_no
limit 50`,
  readModel: null,
};

export const todaysReceipts: DemoWidget = {
  widgetId: 'todays-receipts',
  kind: 'operational',
  title: 'Today’s receipts',
  question: 'What have customers paid today?',
  owner: 'Cash desk',
  chart: {
    kind: 'bar',
    x: 'method',
    series: null,
    values: ['amount'],
    formats: { method: 'text', receipts: 'integer', amount: 'money' },
    currency: 'EUR',
    layout: { x: 8, y: 4, w: 4, h: 6 },
  },
  budget: 'live',
  liveSql: `select method,
  count(*) as receipts,
  sum(amount) as amount
from erp.receipt
where received_on = current_date
group by method
order by method`,
  readModel: null,
};

export const lowStock: DemoWidget = {
  widgetId: 'low-stock',
  kind: 'operational',
  title: 'Low stock',
  question: 'What has to be ordered now?',
  owner: 'Head of logistics',
  chart: {
    kind: 'table',
    x: null,
    series: null,
    values: ['item', 'description', 'warehouse', 'on_hand', 'reorder_point'],
    formats: { item: 'text', description: 'text', warehouse: 'text', on_hand: 'integer', reorder_point: 'integer' },
    currency: null,
    layout: { x: 0, y: 10, w: 12, h: 6 },
  },
  budget: 'live',
  liveSql: `select it.item_no as item,
  it.description,
  w.name as warehouse,
  s.on_hand,
  s.reorder_point
from erp.stock s
join erp.item it on it.item_id = s.item_id
join erp.warehouse w on w.warehouse_id = s.warehouse_id
where s.is_low
order by s.on_hand - s.reorder_point, it.item_no, w.name
limit 50`,
  readModel: null,
};
