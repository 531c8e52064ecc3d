-- One request may hold points and money under one id: a hold is named within its asset.
alter table ledger.hold drop constraint hold_pkey, add primary key (party_id, asset, hold_id);
