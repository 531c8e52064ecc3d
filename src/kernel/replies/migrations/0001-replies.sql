-- What was answered to a request that names itself (`Idempotency-Key`), so that the same request is answered the same.
create schema replies;
create table replies.reply (
  caller text not null,
  key text not null,
  -- SHA-256 of what was asked: the same name for another request is refused.
  fingerprint bytea not null,
  began_at timestamptz not null,
  -- Null while the request is being answered.
  status smallint,
  body text,
  primary key (caller, key)
);
create index reply_began on replies.reply (began_at);
