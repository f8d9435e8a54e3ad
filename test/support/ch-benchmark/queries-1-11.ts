import { question, type Constant } from './question.ts';

/** How a warehouse and an item lead to a supplier. */
export const supplierOf = (c: Constant): string => `mod((s_w_id * s_i_id), ${c('10000')})`;
/** The number of the nation that a customer lives in. */
export const nationOf = (c: Constant): string => `ascii(substr(c_state, ${c('1')}, ${c('1')}))`;

const days = ["'2007-01-02 00:00:00.000000'", "'2008-06-15'", "'2011-12-31 23:59:59'"] as const;
const until = ["'2012-01-02'", "'2009-03-01 12:00'", "'2012-05-01'"] as const;
const regions = ["'Europe'", "'Asia'", "'Africa'"] as const;
const nations = ["'Germany'", "'Cambodia'", "'Nation K'"] as const;

/** CH-benCHmark's analytical queries 1 to 11, in PostgreSQL's dialect, with its names of tables. */
export const queries1To11 = [
  question(
    'Q1 lines by number',
    (c) => `select ol_number, sum(ol_quantity) as sum_qty, sum(ol_amount) as sum_amount, avg(ol_quantity) as avg_qty,
      avg(ol_amount) as avg_amount, count(*) as count_order
    from ch.orderline where ol_delivery_d > ${c(...days)} group by ol_number order by ol_number`,
  ),
  question(
    'Q2 cheapest supplier of a region',
    (c) => `select su_suppkey, su_name, n_name, i_id, i_name, su_address, su_phone, su_comment
    from ch.item, ch.supplier, ch.stock, ch.nation, ch.region,
      (select s_i_id as m_i_id, min(s_quantity) as m_s_quantity from ch.stock, ch.supplier, ch.nation, ch.region
        where ${supplierOf(c)} = su_suppkey and su_nationkey = n_nationkey and n_regionkey = r_regionkey
          and r_name like ${c("'Europ%'", "'A%'", "'M%'")}
        group by s_i_id) m
    where i_id = s_i_id and ${supplierOf(c)} = su_suppkey and su_nationkey = n_nationkey and n_regionkey = r_regionkey
      and i_data like ${c("'%b'", "'%a'", "'%'")} and r_name like ${c("'Europ%'", "'A%'", "'M%'")} and i_id = m_i_id
      and s_quantity = m_s_quantity
    order by n_name, su_name, i_id`,
  ),
  question(
    'Q3 undelivered orders by value',
    (c) => `select ol_o_id, ol_w_id, ol_d_id, sum(ol_amount) as revenue, o_entry_d
    from ch.customer, ch.neworder, ch.orders, ch.orderline
    where c_state like ${c("'A%'", "'B%'", "'%'")} and c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id
      and no_w_id = o_w_id and no_d_id = o_d_id and no_o_id = o_id
      and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id and o_entry_d > ${c(...days)}
    group by ol_o_id, ol_w_id, ol_d_id, o_entry_d order by revenue desc, o_entry_d`,
  ),
  question(
    'Q4 orders by number of lines',
    (c) => `select o_ol_cnt, count(*) as order_count from ch.orders
    where o_entry_d >= ${c(...days)} and o_entry_d < ${c(...until)}
      and exists (select * from ch.orderline where o_id = ol_o_id and o_w_id = ol_w_id and o_d_id = ol_d_id
        and ol_delivery_d >= o_entry_d)
    group by o_ol_cnt order by o_ol_cnt`,
  ),
  question(
    'Q5 revenue of a region by nation',
    (c) => `select n_name, sum(ol_amount) as revenue
    from ch.customer, ch.orders, ch.orderline, ch.stock, ch.supplier, ch.nation, ch.region
    where c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id and ol_o_id = o_id and ol_w_id = o_w_id and ol_d_id = o_d_id
      and ol_w_id = s_w_id and ol_i_id = s_i_id and ${supplierOf(c)} = su_suppkey and ${nationOf(c)} = su_nationkey
      and su_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = ${c(...regions)}
      and o_entry_d >= ${c(...days)}
    group by n_name order by revenue desc`,
  ),
  question(
    'Q6 revenue of a range',
    (c) => `select sum(ol_amount) as revenue from ch.orderline
    where ol_delivery_d >= ${c("'1999-01-01'", "'2008-01-01'", "'2007-01-01'")}
      and ol_delivery_d < ${c("'2020-01-01'", "'2009-01-01 00:30'", "'2010-01-01'")}
      and ol_quantity between ${c('1')} and ${c('100000', '7', '3')}`,
  ),
  question(
    'Q7 trade between two nations',
    (c) => `select su_nationkey as supp_nation, substr(c_state, ${c('1')}, ${c('1')}) as cust_nation,
      extract(${c("'year'")} from o_entry_d) as l_year, sum(ol_amount) as revenue
    from ch.supplier, ch.stock, ch.orderline, ch.orders, ch.customer, ch.nation n1, ch.nation n2
    where ol_supply_w_id = s_w_id and ol_i_id = s_i_id and ${supplierOf(c)} = su_suppkey
      and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id and c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id
      and su_nationkey = n1.n_nationkey and ${nationOf(c)} = n2.n_nationkey
      and ((n1.n_name = ${c(...nations)} and n2.n_name = ${c("'Cambodia'", "'France'", "'Germany'")})
        or (n1.n_name = ${c("'Cambodia'", "'France'", "'Germany'")} and n2.n_name = ${c(...nations)}))
      and ol_delivery_d between ${c(...days)} and ${c(...until)}
    group by su_nationkey, substr(c_state, ${c('1')}, ${c('1')}), extract(${c("'year'")} from o_entry_d)
    order by su_nationkey, cust_nation, l_year`,
  ),
  question(
    'Q8 market share of a nation',
    (c) => `select extract(${c("'year'")} from o_entry_d) as l_year,
      sum(case when n2.n_name = ${c("'Germany'")} then ol_amount else ${c('0')} end) / sum(ol_amount) as mkt_share
    from ch.item, ch.supplier, ch.stock, ch.orderline, ch.orders, ch.customer, ch.nation n1, ch.nation n2, ch.region
    where i_id = s_i_id and ol_i_id = s_i_id and ol_supply_w_id = s_w_id and ${supplierOf(c)} = su_suppkey
      and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id and c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id
      and n1.n_nationkey = ${nationOf(c)} and n1.n_regionkey = r_regionkey and ol_i_id < ${c('1000')}
      and r_name = ${c(...regions)} and su_nationkey = n2.n_nationkey
      and o_entry_d between ${c(...days)} and ${c(...until)} and i_data like ${c("'%b'", "'%a'", "'%c'")}
      and i_id = ol_i_id
    group by extract(${c("'year'")} from o_entry_d) order by l_year`,
  ),
  question(
    'Q9 profit by nation and year',
    (c) => `select n_name, extract(${c("'year'")} from o_entry_d) as l_year, sum(ol_amount) as sum_profit
    from ch.item, ch.stock, ch.supplier, ch.orderline, ch.orders, ch.nation
    where ol_i_id = s_i_id and ol_supply_w_id = s_w_id and ${supplierOf(c)} = su_suppkey
      and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id and ol_i_id = i_id and su_nationkey = n_nationkey
      and i_data like ${c("'%BB'", "'%a'", "'co%'")}
    group by n_name, extract(${c("'year'")} from o_entry_d) order by n_name, l_year desc`,
  ),
  question(
    'Q10 customers by value',
    (c) => `select c_id, c_last, sum(ol_amount) as revenue, c_city, c_phone, n_name
    from ch.customer, ch.orders, ch.orderline, ch.nation
    where c_id = o_c_id and c_w_id = o_w_id and c_d_id = o_d_id and ol_w_id = o_w_id and ol_d_id = o_d_id and ol_o_id = o_id
      and o_entry_d >= ${c(...days)} and o_entry_d <= ol_delivery_d and n_nationkey = ${nationOf(c)}
    group by c_id, c_last, c_city, c_phone, n_name order by revenue desc`,
  ),
  question('Q11 most ordered items of a nation', (c) => {
    const from = `ch.stock, ch.supplier, ch.nation`;
    const where = () => `${supplierOf(c)} = su_suppkey and su_nationkey = n_nationkey and n_name = ${c(...nations)}`;
    return `select s_i_id, sum(s_order_cnt) as ordercount from ${from} where ${where()} group by s_i_id
    having sum(s_order_cnt) > (select sum(s_order_cnt) * ${c('.005', '.05', '.02')} from ${from} where ${where()})
    order by ordercount desc`;
  }),
];
