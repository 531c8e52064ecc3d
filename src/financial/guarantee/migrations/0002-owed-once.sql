-- What was broken is found by the event that began it, whichever profile it was told of.
create index promise_case_broken_start on guarantee.promise_case (start_event_id) where state = 'broken';
