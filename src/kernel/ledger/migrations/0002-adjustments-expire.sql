-- What is given by hand may live as long as the rules of its programme say.
alter table ledger.adjustment add column expires_at timestamptz;
