-- By which profile an event came, where that profile has since been joined to another; it goes back there.
alter table events.event add column origin_party_id uuid;
