import type { Question } from './question.ts';
import { queries1To11 } from './queries-1-11.ts';
import { queries12To22 } from './queries-12-22.ts';

/** The 22 analytical queries of CH-benCHmark. */
export const analyticalQueries: readonly Question[] = [...queries1To11, ...queries12To22];

interface RefusedStatement {
  readonly name: string;
  readonly text: string;
  /** Which has to be named. */
  readonly construct: string;
}

/** TPC-C's own reads, and what no read model may answer. */
export const refusedStatements: readonly RefusedStatement[] = [
  {
    name: 'new order: next number',
    text: 'select d_next_o_id, d_tax from ch.district where d_w_id = $1 and d_id = $2 for update',
    construct: 'FOR UPDATE',
  },
  {
    name: 'delivery: oldest order',
    text: 'select no_o_id from ch.neworder where no_d_id = $1 and no_w_id = $2 limit $3',
    construct: 'LIMIT without ORDER BY',
  },
  {
    name: 'stock level',
    text: `select count(distinct s_i_id) from ch.orderline, ch.stock where ol_w_id = $1 and ol_d_id = $2 and ol_o_id < $3
      and s_w_id = $4 and s_i_id = ol_i_id and s_quantity < $5`,
    construct: 'count(DISTINCT)',
  },
  {
    name: 'payment: customers by name',
    text: 'select c_id, c_balance from ch.customer where c_w_id = $1 and c_last = $2 order by c_id',
    construct: 'no aggregate',
  },
  {
    name: 'a sample of lines',
    text: 'select avg(ol_amount) from ch.orderline where random() < $1',
    construct: 'random()',
  },
  {
    name: 'Q13 with its values unknown',
    text: `select c_count, count(*) from (select c_id, count(o_id) from ch.customer left join ch.orders
      on c_id = o_c_id and o_carrier_id > $1 group by c_id) as c_orders (c_id, c_count) group by c_count`,
    construct: '$1',
  },
];
