-- How many postings a transaction has with this party, and whether its key names this party (a transfer stands with two):
-- so that all of them can be compared in one pass over each table, without looking up one row by another.
alter table ledger.transaction add column postings integer, add column is_cause boolean;
update ledger.transaction t set
  postings = (select count(*) from ledger.posting p where p.party_id = t.party_id and p.transaction_id = t.transaction_id),
  is_cause = t.act <> 'transfer' or exists (
    select from ledger.key k where k.key = substr(encode(sha256(convert_to(t.key, 'UTF8')), 'hex'), 1, 32)::uuid and k.party_id = t.party_id);
alter table ledger.transaction alter column postings set not null, alter column is_cause set not null;
