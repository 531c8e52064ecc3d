-- A key of one merchant acts for that merchant alone.
alter table access.api_key add column merchant_id text;
