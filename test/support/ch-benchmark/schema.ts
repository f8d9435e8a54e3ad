/** TPC-C's tables with supplier, nation and region, as CH-benCHmark joins them (Cole et al., DBTest 2011). */
export const schemaSql = `
  create schema ch;
  create table ch.warehouse (
    w_id int primary key, w_name varchar(10), w_state char(2), w_tax numeric(4,4), w_ytd numeric(12,2));
  create table ch.district (
    d_id int, d_w_id int references ch.warehouse, d_name varchar(10), d_tax numeric(4,4), d_ytd numeric(12,2),
    d_next_o_id int, primary key (d_w_id, d_id));
  create table ch.customer (
    c_id int, c_d_id int, c_w_id int, c_last varchar(16), c_city varchar(20), c_state char(2), c_phone char(16),
    c_credit char(2), c_balance numeric(12,2), primary key (c_w_id, c_d_id, c_id));
  create table ch.history (
    h_c_id int, h_c_d_id int, h_c_w_id int, h_d_id int, h_w_id int, h_date timestamp, h_amount numeric(6,2));
  create table ch.orders (
    o_id int, o_d_id int, o_w_id int, o_c_id int, o_entry_d timestamp not null, o_carrier_id int, o_ol_cnt int,
    primary key (o_w_id, o_d_id, o_id));
  create table ch.neworder (no_o_id int, no_d_id int, no_w_id int, primary key (no_w_id, no_d_id, no_o_id));
  create table ch.orderline (
    ol_o_id int, ol_d_id int, ol_w_id int, ol_number int, ol_i_id int, ol_supply_w_id int, ol_delivery_d timestamp,
    ol_quantity numeric(4,0), ol_amount numeric(8,2), primary key (ol_w_id, ol_d_id, ol_o_id, ol_number));
  create table ch.item (i_id int primary key, i_name varchar(24), i_price numeric(8,2), i_data varchar(50));
  create table ch.stock (
    s_i_id int, s_w_id int, s_quantity int, s_order_cnt int, s_ytd numeric(8,2), primary key (s_w_id, s_i_id));
  create table ch.region (r_regionkey int primary key, r_name char(12), r_comment varchar(80));
  create table ch.nation (n_nationkey int primary key, n_name char(16), n_regionkey int references ch.region);
  create table ch.supplier (
    su_suppkey int primary key, su_name char(25), su_address varchar(40), su_nationkey int references ch.nation,
    su_phone char(15), su_acctbal numeric(12,2), su_comment varchar(101));`;
