-- When all that a customer earned was last worked out from their whole history, where that history knew of purchases alone: what
-- a further purchase can touch is then known from its day. Null where it knew of refunds or corrections, or it is not known.
alter table points.member add column plain_at timestamptz;
