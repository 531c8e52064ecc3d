-- Whoever stands for others is found without reading everybody.
create index party_alias on parties.party (canonical_party_id) where canonical_party_id is not null;
create index party_changed on parties.party (changed_at, party_id);
