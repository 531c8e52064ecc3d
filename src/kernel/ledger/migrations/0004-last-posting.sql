-- When something was last posted for a holding: a clock that is set back does not write history before it.
alter table ledger.holding add column posted_at timestamptz;
