import type { Volumes } from './volumes.ts';

/**
 * Pseudo-random numbers on the server: a hash of (seed, what for, which one), so that every row can be computed on
 * its own, in any order and on several connections, and comes out the same each time. `hashint8extended` is part of
 * PostgreSQL's hash partitioning and therefore does not change between versions.
 */
export const helpers = (seed: number, { days, invoices }: Volumes): string => `
create schema demo;

-- Uniform in [0, 1).
create function demo.rnd(purpose int, n bigint) returns float8 language sql immutable parallel safe
  return (hashint8extended(n, ${seed}::bigint * 1000 + purpose) & 9007199254740991)::float8 / 9007199254740992::float8;

-- 1..size, small numbers far more often: the first fifth is drawn about 70 % of the time, the first one 0.2 %.
create function demo.skewed(u float8, size int) returns int language sql immutable parallel safe
  return least(size, 1 + floor((0.005 * size + 1) * (exp(u * ln((1.005 * size + 1) / (0.005 * size + 1))) - 1))::int);

-- How many documents fall on each day: seasons, quiet weekends, a little noise, and only the morning of today.
create table demo.business_day as
with weights as (
  select d.day::date as day,
         (array[0.92, 0.95, 1.08, 1.00, 1.02, 1.10, 0.90, 0.78, 1.06, 1.12, 1.15, 0.88])[extract(month from d.day)::int]
         * (array[1.12, 1.08, 1.04, 1.00, 0.90, 0.10, 0.04])[extract(isodow from d.day)::int]
         * (0.9 + 0.2 * demo.rnd(1, (d.day::date - current_date)::bigint))
         * case when d.day::date = current_date then 0.3 else 1 end as weight
  from generate_series(current_date - ${days - 1}, current_date, interval '1 day') as d (day)
), running as (
  select day, sum(weight) over (order by day) / sum(weight) over () as upto from weights
)
select day,
       coalesce(lag(round(upto * ${invoices})::bigint) over (order by day), 0) + 1 as first_invoice,
       round(upto * ${invoices})::bigint as last_invoice
from running;
`;
