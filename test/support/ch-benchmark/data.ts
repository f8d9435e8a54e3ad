export interface Volumes {
  readonly warehouses: number;
  readonly districts: number;
  /** Customers, and orders, of a district. */
  readonly customers: number;
  readonly items: number;
}

/** Enough for every question to find rows. */
export const smallVolumes: Volumes = { warehouses: 2, districts: 4, customers: 90, items: 400 };

/**
 * The same rows every time, made by the server from counters alone: orders of 2007 to 2012, of which a third are not
 * delivered (NULL) and some were delivered before they were entered; items named as TPC-C names them; suppliers that a
 * warehouse and an item lead to, as CH-benCHmark has them.
 */
export const dataSql = ({ warehouses, districts, customers, items }: Volumes): string => `
  insert into ch.region
    select n, (array['Africa', 'America', 'Asia', 'Europe', 'Middle East'])[n + 1], 'region ' || n
    from generate_series(0, 4) n;
  -- A nation's number is the code of the letter that a customer's state begins with.
  insert into ch.nation
    select n, case n when 71 then 'Germany' when 67 then 'Cambodia' when 70 then 'France' else 'Nation ' || chr(n) end,
      n % 5
    from generate_series(48, 122) n where chr(n) ~ '[0-9A-Za-z]';
  insert into ch.supplier
    select n, 'Supplier ' || n, 'Street ' || n % 97, 65 + n * 7 % 26, '0' || n % 9 || '-' || n, n % 1000 - 100.5,
      case when n % 13 = 0 then 'a bad one' else 'fine' end
    from generate_series(0, 9999) n;
  insert into ch.warehouse select n, 'W' || n, 'DE', 0.19, 1000 * n from generate_series(1, ${warehouses}) n;
  insert into ch.district
    select d, w, 'D' || d, 0.07, 100 * d, ${customers} + 1
    from generate_series(1, ${warehouses}) w, generate_series(1, ${districts}) d;
  insert into ch.customer
    select c, d, w, 'LAST' || c % 17, 'City ' || c % 11, chr(65 + (c * 5 + d * 3 + w) % 26) || chr(65 + c % 26),
      (c + d) % 10 || '55-' || c, case when c % 10 = 0 then 'BC' else 'GC' end,
      case when c % 29 = 0 then null else (c * 37 + d * 11) % 900 / 3.0 - 60 end
    from generate_series(1, ${warehouses}) w, generate_series(1, ${districts}) d, generate_series(1, ${customers}) c;
  insert into ch.item
    select n, 'item ' || n % 150, 1 + n * 13 % 9900 / 100.0,
      (array['PR', 'zz', 'co', 'ab', 'ORIGINAL'])[1 + n % 5] || md5(n::text)
        || (array['a', 'b', 'BB', 'c'])[1 + n / 5 % 4]
    from generate_series(1, ${items}) n;
  insert into ch.stock
    select n, w, 10 + (n * 7 + w * 3) % 91, n * w % 37, n % 100
    from generate_series(1, ${items}) n, generate_series(1, ${warehouses}) w;
  insert into ch.orders
    select o, d, w, 1 + o * 7 % ${Math.ceil((customers * 2) / 3)},
      timestamp '2007-01-01 00:30' + ((o * 31 + d * 7 + w) % 1990) * interval '1 day 37 minutes',
      case when o % 3 = 0 then null else 1 + (o + d) % 10 end, 3 + o % 9
    from generate_series(1, ${warehouses}) w, generate_series(1, ${districts}) d, generate_series(1, ${customers}) o;
  insert into ch.neworder select o_id, o_d_id, o_w_id from ch.orders where o_carrier_id is null;
  insert into ch.orderline
    select o_id, o_d_id, o_w_id, l, 1 + (o_id * 17 + o_d_id * 5 + l * 61) % ${items}, 1 + (o_w_id + l) % ${warehouses},
      case when o_carrier_id is null then null else o_entry_d + (o_id + l) % 40 * interval '19 hours' - interval '2 days' end,
      1 + (o_id + l * 3) % 12, ((o_id * 97 + l * 13) % 9000) / 7.0
    from ch.orders, lateral generate_series(1, o_ol_cnt) l;
  insert into ch.history
    select o_c_id, o_d_id, o_w_id, o_d_id, o_w_id, o_entry_d, 10 from ch.orders where o_id % 4 = 0;`;
