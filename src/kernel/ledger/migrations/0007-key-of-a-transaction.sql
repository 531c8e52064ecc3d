-- The id of its key beside its text, so that verifying a ledger compares sixteen bytes and computes no SHA-256: the database
-- derives it and lets nobody write it, so it follows the text. Everything in it is immutable, which convert_to is not; decode
-- reads backslashes, so they are doubled first.
alter table ledger.transaction add column key_id uuid not null
  generated always as (encode(substr(sha256(decode(replace(key, '\', '\\'), 'escape')), 1, 16), 'hex')::uuid) stored;
