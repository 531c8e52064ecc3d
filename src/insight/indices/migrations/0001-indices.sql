-- What the five indices of the base were on each day on which they were measured, and which facts were seen at all.
create schema indices;
create table indices.measurement (
  measured_on date primary key,
  measured_at timestamptz not null,
  customers integer not null,
  looked_at integer not null,
  seen text[] not null
);
create table indices.mean (
  measured_on date not null,
  index_name text not null,
  mean double precision not null,
  low double precision,
  high double precision,
  customers integer not null,
  primary key (measured_on, index_name),
  constraint mean_measurement foreign key (measured_on) references indices.measurement (measured_on)
);
