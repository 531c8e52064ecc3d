-- A key in a web page can be read by anybody: it may say what was looked at, and nothing that is worth something.
alter table access.api_key add column kind text not null default 'server' check (kind in ('server', 'browser'));
alter table access.api_key add constraint api_key_browser check (kind = 'server' or cardinality(permissions) = 0);
