-- What was sent with a key of a web page is known as that: anybody may have sent it.
alter table events.source drop constraint source_kind_check;
alter table events.source add constraint source_kind_check
  check (kind in ('import', 'key', 'browser', 'receiver', 'staff', 'member', 'system'));
