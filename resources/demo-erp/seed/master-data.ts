import type { Volumes } from './volumes.ts';

const list = (words: readonly string[]): string => `array[${words.map((word) => `'${word}'`).join(', ')}]`;
const pick = (words: readonly string[], purpose: number, n: string): string =>
  `(${list(words)})[1 + floor(demo.rnd(${purpose}, ${n}) * ${words.length})::int]`;

const towns = [
  'Aalborg',
  'Antwerp',
  'Bergen',
  'Bilbao',
  'Bremen',
  'Brno',
  'Cardiff',
  'Dortmund',
  'Ghent',
  'Graz',
  'Leeds',
  'Linz',
  'Lyon',
  'Malmo',
  'Nantes',
  'Padua',
  'Porto',
  'Rostock',
  'Tampere',
  'Utrecht',
  'Zwolle',
];
const trades = [
  'Hydraulics',
  'Water Works',
  'Process Engineering',
  'Shipyard',
  'Dairy',
  'Paper Mill',
  'Chemicals',
  'Brewery',
  'Plant Services',
  'Foundry',
  'Machine Works',
  'Energy',
  'Mining Supplies',
  'Food Systems',
];

/** Regions, price list, customers, accounts: what an ERP calls master data. Runs in one transaction. */
export const masterData = ({ customers, items }: Volumes): readonly string[] => [
  `insert into erp.region values (1, 'DACH'), (2, 'Nordics'), (3, 'Benelux'), (4, 'Southern Europe'), (5, 'UK and Ireland')`,
  `insert into erp.segment values (1, 'Enterprise'), (2, 'Mid-market'), (3, 'Small business'), (4, 'Public sector')`,
  `insert into erp.item_category values (1, 'Pumps'), (2, 'Valves'), (3, 'Motors'), (4, 'Seals'),
     (5, 'Pipes and fittings'), (6, 'Sensors'), (7, 'Filters'), (8, 'Tools')`,
  `insert into erp.warehouse values (1, 'Hamburg', 1), (2, 'Vienna', 1), (3, 'Gothenburg', 2), (4, 'Rotterdam', 3),
     (5, 'Milan', 4), (6, 'Birmingham', 5)`,
  // Big customers come first and are mostly enterprises; regions by the size of their markets.
  `insert into erp.customer
   select n, 'C' || lpad(n::text, 6, '0'),
          ${pick(towns, 2, 'n')} || ' ' || ${pick(trades, 3, 'n')} || ' ' || ${pick(['GmbH', 'AB', 'BV', 'SpA', 'Ltd', 'SA'], 4, 'n')},
          case when r.u < 0.34 then 1 when r.u < 0.50 then 2 when r.u < 0.68 then 3 when r.u < 0.86 then 4 else 5 end,
          case when s.u < 0.08 then 4
               when n <= ${customers} * 0.06 then case when s.u < 0.75 then 1 else 2 end
               when n <= ${customers} * 0.25 then case when s.u < 0.60 then 2 else 3 end
               else case when s.u < 0.16 then 2 else 3 end end,
          (array[14, 30, 30, 30, 45, 60])[1 + floor(demo.rnd(7, n) * 6)::int],
          round((5000 + 250000 * power(1 - n::numeric / ${customers + 1}, 4)), -2),
          current_date - 400 - floor(demo.rnd(8, n) * 4000)::int
   from generate_series(1, ${customers}) n,
        lateral (select demo.rnd(5, n)) r (u), lateral (select demo.rnd(6, n)) s (u)`,
  // Margins differ by category, from motors to tools.
  `insert into erp.item
   select n, 'P' || lpad(n::text, 5, '0'),
          (array['Gear pump', 'Ball valve', 'Servo motor', 'Shaft seal', 'Elbow fitting', 'Flow sensor', 'Oil filter',
                 'Torque wrench'])[c.category_id] || ' ' || chr(65 + (n % 26)) || (100 + n % 900),
          c.category_id, p.price,
          round(p.price * ((array[0.62, 0.71, 0.80, 0.48, 0.74, 0.55, 0.58, 0.66])[c.category_id]
                           + 0.08 * (demo.rnd(11, n)::numeric - 0.5)), 2)
   from generate_series(1, ${items}) n,
        lateral (select 1 + floor(8 * power(demo.rnd(9, n), 1.3))::int) c (category_id),
        lateral (select round(((array[220, 85, 310, 9, 14, 120, 22, 60])[c.category_id]
                               * exp(1.2 * (demo.rnd(10, n) - 0.4)))::numeric, 2)) p (price)`,
  `insert into erp.gl_account values
     (1200, 'Trade receivables', 'balance'), (1400, 'Inventory', 'balance'), (1800, 'Bank', 'balance'),
     (3300, 'Trade payables', 'balance'),
     (4010, 'Sales DACH', 'revenue'), (4020, 'Sales Nordics', 'revenue'), (4030, 'Sales Benelux', 'revenue'),
     (4040, 'Sales Southern Europe', 'revenue'), (4050, 'Sales UK and Ireland', 'revenue'),
     (6010, 'Salaries', 'expense'), (6020, 'Rent', 'expense'), (6030, 'Energy', 'expense'),
     (6040, 'Freight out', 'expense'), (6050, 'Travel', 'expense'), (6060, 'Marketing', 'expense'),
     (6070, 'IT and licences', 'expense'), (6080, 'Maintenance', 'expense'), (6090, 'Consulting', 'expense')`,
  `insert into erp.cost_centre values
     (10, 'Sales DACH'), (20, 'Sales Nordics'), (30, 'Sales Benelux'), (40, 'Sales Southern Europe'),
     (50, 'Sales UK and Ireland'), (60, 'Warehousing'), (70, 'Procurement'), (80, 'Product management'),
     (90, 'Engineering'), (100, 'IT'), (110, 'Finance'), (120, 'Human resources')`,
];
