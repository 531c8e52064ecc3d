/** Tables that no statement of ours changes and that may be changed all the same, each with its reason. */
export const changeable: Readonly<Record<string, string>> = {
  'access.provider_person': 'goes with the member of staff, by a reference that cascades',
  'coalition.line':
    'a dispute refers to it, and PostgreSQL checks a reference by a lock that asks for the right to update',
  'coalition.member': 'a row to be locked, no fact',
  'coalition.month':
    'lines refer to it, and whoever closes a month locks the table, which asks for the right to change it',
  'coalition.terms': 'lines refer to it',
  'credit.top_up': 'its row is the lock of whatever is taken back of it',
  'draw.result': 'awards refer to it',
  'draw.ticket': 'awards refer to it',
  'guarantee.customer': 'a row to be locked, no fact',
  'guarantee.edition': 'whoever publishes locks the table, which asks for the right to change it',
  'health.request': 'why a job was asked for; goes with the run',
  'liability.assumption': 'whoever tells one locks the table, which asks for the right to change it',
  'points.edition': 'whoever publishes locks the table, which asks for the right to change it',
  'rewards.collector': 'a row to be locked, no fact',
  'rewards.secret': 'a secret is to be exchanged where it leaked',
  'rewards.taker': 'a row to be locked, no fact',
  'sharing.member': 'a row to be locked, no fact',
  'tiers.edition': 'whoever publishes locks the table, which asks for the right to change it',
  'webhooks.attempt': 'goes with its delivery, by a reference that cascades',
}

/**
 * The tables into which these sources insert and whose rows no statement in them changes or removes. A table whose name is put
 * together at run time is not seen to be changed; such a one says so among the reasons above.
 *
 * Example: `insert into a.b values (1)` beside `update a.c set x = 1` gives `a.b` of `a.b` and `a.c`.
 */
export function onlyInserted(tables: readonly string[], sources: readonly string[]): string[] {
  const text = sources.join('\n')
  return tables.filter(table => {
    if (!text.includes(`insert into ${table} `)) return false
    const name = table.replace('.', String.raw`\.`)
    const changed = new RegExp(String.raw`\b(?:update|delete from|truncate)\s+${name}\b`, 'i')
    const upserted = new RegExp(String.raw`insert into ${name}\b(?:(?!insert into|\x60)[\s\S])*?do update`, 'i')
    return !changed.test(text) && !upserted.test(text)
  })
}
