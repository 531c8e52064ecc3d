-- A customer on their own card is a source too.
alter table events.source drop constraint source_kind_check;
alter table events.source add constraint source_kind_check check (kind in ('import', 'key', 'staff', 'member', 'system'));
