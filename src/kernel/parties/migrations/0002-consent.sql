-- What people allow us to send them, as they said it: appended, never changed, so that it can be shown what held when.
create table parties.consent (
  party_id uuid not null,
  consent_id uuid not null,
  channel text not null,
  purpose text not null,
  is_given boolean not null,
  text_version text not null,
  evidence jsonb not null,
  at timestamptz not null,
  primary key (party_id, consent_id)
);
