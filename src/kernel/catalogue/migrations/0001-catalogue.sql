-- What the business sells: names and groups of products, by their own number.
create schema catalogue;
create table catalogue.product (
  sku text primary key,
  name text not null,
  category text
);
