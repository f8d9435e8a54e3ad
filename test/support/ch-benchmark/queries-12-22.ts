import { question } from './question.ts';
import { supplierOf } from './queries-1-11.ts';

const days = ["'2007-01-02'", "'2009-11-30 06:00'", "'2012-01-01'"] as const;
const until = ["'2020-01-01'", "'2011-01-01'", "'2012-03-01'"] as const;
const nations = ["'Germany'", "'Cambodia'", "'Nation K'"] as const;

/** CH-benCHmark's analytical queries 12 to 22. */
export const queries12To22 = [
  question(
    'Q12 priority of carriers',
    (c) => `select o_ol_cnt,
      sum(case when o_carrier_id = ${c('1')} or o_carrier_id = ${c('2')} then ${c('1')} else ${c('0')} end) as high_line_count,
      sum(case when o_carrier_id <> ${c('1')} and o_carrier_id <> ${c('2')} then ${c('1')} else ${c('0')} end) as low_line_count
    from ch.orders, ch.orderline
    where ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id and o_entry_d <= ol_delivery_d
      and ol_delivery_d < ${c(...until)}
    group by o_ol_cnt order by o_ol_cnt`,
  ),
  question(
    'Q13 customers by number of orders',
    (c) => `select c_count, count(*) as custdist
    from (select c_id, count(o_id) from ch.customer left outer join ch.orders
        on (c_w_id = o_w_id and c_d_id = o_d_id and c_id = o_c_id and o_carrier_id > ${c('8', '5', '0')})
      group by c_id) as c_orders (c_id, c_count)
    group by c_count order by custdist desc, c_count desc`,
  ),
  question(
    'Q14 share of promotions',
    (c) => `select ${c('100.00')} * sum(case when i_data like ${c("'PR%'")} then ol_amount else ${c('0')} end)
      / (${c('1')} + sum(ol_amount)) as promo_revenue
    from ch.orderline, ch.item where ol_i_id = i_id and ol_delivery_d >= ${c(...days)} and ol_delivery_d < ${c(...until)}`,
  ),
  question(
    'Q15 best supplier',
    (c) => `with revenue (supplier_no, total_revenue) as (
      select ${supplierOf(c)} as supplier_no, sum(ol_amount) as total_revenue from ch.orderline, ch.stock
      where ol_i_id = s_i_id and ol_supply_w_id = s_w_id and ol_delivery_d >= ${c(...days)}
      group by ${supplierOf(c)})
    select su_suppkey, su_name, su_address, su_phone, total_revenue from ch.supplier, revenue
    where su_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue) order by su_suppkey`,
  ),
  question(
    'Q16 suppliers of brands',
    (c) => `select i_name, substr(i_data, ${c('1')}, ${c('3')}) as brand, i_price,
      count(distinct (${supplierOf(c)})) as supplier_cnt
    from ch.stock, ch.item
    where i_id = s_i_id and i_data not like ${c("'zz%'", "'PR%'", "'%a'")}
      and (${supplierOf(c)} not in (select su_suppkey from ch.supplier where su_comment like ${c("'%bad%'")}))
    group by i_name, substr(i_data, ${c('1')}, ${c('3')}), i_price order by supplier_cnt desc`,
  ),
  question(
    'Q17 small quantities',
    (c) => `select sum(ol_amount) / ${c('2.0')} as avg_yearly
    from ch.orderline, (select i_id, avg(ol_quantity) as a from ch.item, ch.orderline
      where i_data like ${c("'%b'", "'%a'", "'PR%'")} and ol_i_id = i_id group by i_id) t
    where ol_i_id = t.i_id and ol_quantity < t.a`,
  ),
  question(
    'Q18 large orders',
    (c) => `select c_last, c_id, o_id, o_entry_d, o_ol_cnt, sum(ol_amount)
    from ch.customer, ch.orders, ch.orderline
    where c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id
    group by o_id, o_w_id, o_d_id, c_id, c_last, o_entry_d, o_ol_cnt having sum(ol_amount) > ${c('200', '5000', '9000.5')}
    order by sum(ol_amount) desc, o_entry_d`,
  ),
  question('Q19 revenue of three kinds of sales', (c) => {
    const kind = (ending: string, quantity: string, warehouses: readonly (readonly [string, string, string])[]) =>
      `(ol_i_id = i_id and i_data like ${c(ending)} and ol_quantity >= ${c('1')} and ol_quantity <= ${c(quantity)}
        and i_price between ${c('1')} and ${c('400000')} and ol_w_id in (${warehouses.map((some) => c(...some)).join(', ')}))`;
    return `select sum(ol_amount) as revenue from ch.orderline, ch.item
    where ${kind("'%a'", '10', [
      ['1', '1', '2'],
      ['2', '1', '9'],
      ['3', '1', '9'],
    ])}
      or ${kind("'%b'", '10', [
        ['1', '2', '2'],
        ['2', '2', '9'],
        ['4', '2', '9'],
      ])}
      or ${kind("'%c'", '10', [
        ['1', '7', '2'],
        ['5', '8', '9'],
        ['3', '9', '9'],
      ])}`;
  }),
  question(
    'Q20 suppliers with too much stock',
    (c) => `select su_name, su_address from ch.supplier, ch.nation
    where su_suppkey in (select mod(s_i_id * s_w_id, ${c('10000')}) from ch.stock, ch.orderline
        where s_i_id in (select i_id from ch.item where i_data like ${c("'co%'", "'PR%'", "'%b'")})
          and ol_i_id = s_i_id and ol_delivery_d > ${c("'2010-05-23 12:00:00'", "'2007-05-01'", "'2011-01-01'")}
        group by s_i_id, s_w_id, s_quantity having ${c('2')} * s_quantity > sum(ol_quantity))
      and su_nationkey = n_nationkey and n_name = ${c(...nations)}
    order by su_name`,
  ),
  question(
    'Q21 suppliers that keep orders waiting',
    (c) => `select su_name, count(*) as numwait
    from ch.supplier, ch.orderline l1, ch.orders, ch.stock, ch.nation
    where ol_o_id = o_id and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_w_id = s_w_id and ol_i_id = s_i_id
      and ${supplierOf(c)} = su_suppkey and l1.ol_delivery_d > o_entry_d
      and not exists (select * from ch.orderline l2 where l2.ol_o_id = l1.ol_o_id and l2.ol_w_id = l1.ol_w_id
        and l2.ol_d_id = l1.ol_d_id and l2.ol_delivery_d > l1.ol_delivery_d)
      and su_nationkey = n_nationkey and n_name = ${c(...nations)}
    group by su_name order by numwait desc, su_name`,
  ),
  question('Q22 customers without orders', (c) => {
    const digits = () =>
      [
        ["'1'", "'0'", "'9'"],
        ["'2'", "'0'", "'8'"],
        ["'3'", "'0'", "'7'"],
        ["'4'", "'1'", "'7'"],
      ]
        .map(([one = '', two = '', three = '']) => c(one, two, three))
        .join(', ');
    const first = () => `substr(c_phone, ${c('1')}, ${c('1')})`;
    return `select substr(c_state, ${c('1')}, ${c('1')}) as country, count(*) as numcust, sum(c_balance) as totacctbal
    from ch.customer
    where ${first()} in (${digits()})
      and c_balance > (select avg(c_balance) from ch.customer where c_balance > ${c('0.00')} and ${first()} in (${digits()}))
      and not exists (select * from ch.orders where o_c_id = c_id and o_w_id = c_w_id and o_d_id = c_d_id)
    group by substr(c_state, ${c('1')}, ${c('1')}) order by substr(c_state, ${c('1')}, ${c('1')})`;
  }),
];
