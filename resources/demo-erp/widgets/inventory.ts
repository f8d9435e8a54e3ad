import type { DemoWidget } from './demo-widget.ts';

const valuation = `select w.name as warehouse,
  cat.name as category,
  sum(m.pieces) as pieces,
  sum(m.pieces * it.standard_cost) as stock_value
from (
  select item_id, warehouse_id, sum(quantity) as pieces
  from erp.stock_movement
  group by item_id, warehouse_id
) m
join erp.item it on it.item_id = m.item_id
join erp.item_category cat on cat.category_id = it.category_id
join erp.warehouse w on w.warehouse_id = m.warehouse_id
group by w.name, cat.name`;

export const stockValuation: DemoWidget = {
  widgetId: 'stock-valuation',
  kind: 'executive',
  title: 'Stock valuation',
  question: 'What is our stock worth, in which warehouse and category?',
  owner: 'Head of logistics',
  chart: {
    kind: 'stacked',
    x: 'warehouse',
    series: 'category',
    values: ['stock_value'],
    formats: { warehouse: 'text', category: 'text', pieces: 'integer', stock_value: 'money' },
    currency: 'EUR',
    layout: { x: 8, y: 8, w: 4, h: 4 },
  },
  budget: { minutes: 60 },
  liveSql: `${valuation}
order by w.name, cat.name`,
  readModel: {
    name: 'stock_valuation',
    keyColumns: ['warehouse', 'category'],
    definitionSql: valuation,
    readerSql: `select as_of, warehouse, category, pieces, stock_value
from reporting.stock_valuation
order by warehouse, category`,
  },
};
