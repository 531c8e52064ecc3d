-- What the business and each room have been told to do, one row per name.
create schema settings;
create table settings.setting (
  name text primary key,
  value jsonb not null,
  changed_at timestamptz not null
);
