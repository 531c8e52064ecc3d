import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type ProfileState, profilesOf, type Sighting, takeBackProfiles } from '#kernel/parties/index.ts'
import type { OverwriteRule, RuledTarget } from './contract.ts'
import {
  asksForNewest,
  nameFrom,
  type Outcome,
  ours,
  outcomeOf,
  overwritten,
  type Rules,
  type Said,
} from './overwrite.ts'
import type { StagedCustomer } from './staged.ts'

export interface Weighed {
  readonly partyId: string
  readonly outcomes: ReadonlyMap<RuledTarget, Outcome>
  /** What the file has the word about. */
  readonly take: Said
  readonly at: Date
}

export function sightingOf(customer: StagedCustomer): Sighting {
  const { customer_id, email, phone, name, family_name, given_name, birthday, city, country } = customer
  return {
    identifiers: [
      ...(customer_id ? [{ kind: 'customer_id' as const, value: customer_id }] : []),
      ...(email ? [{ kind: 'email' as const, value: email }] : []),
      ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
    ],
    name: name ?? nameFrom(family_name, given_name),
    familyName: family_name ?? undefined,
    givenName: given_name ?? undefined,
    birthday: birthday ?? undefined,
    details: { ...(city && { city }), ...(country && { country }) },
  }
}

export async function profilesBefore(
  queryable: Queryable,
  partyIds: readonly (string | undefined)[],
): Promise<Map<string, ProfileState>> {
  return profilesOf(queryable, [...new Set(partyIds.filter(partyId => partyId !== undefined))])
}

/** Holds what a file says about known customers against what we have, one after the other. */
export async function weigh(
  queryable: Queryable,
  rules: Rules,
  partyIds: readonly (string | undefined)[],
  customers: readonly StagedCustomer[],
  uploadedAt: Date,
): Promise<Weighed[]> {
  const known = [...new Set(partyIds.filter(partyId => partyId !== undefined))]
  const states = await profilesBefore(queryable, partyIds)
  const dates = asksForNewest(rules) ? await datesOf(queryable, known) : undefined
  return customers.flatMap((customer, index) => {
    const partyId = partyIds[index]
    const state = partyId && states.get(partyId)
    if (!partyId || !state) return []
    const at = customer.said_at ?? uploadedAt
    const mine = ours(state)
    const theirs = saidBy(customer)
    const outcomes = new Map<RuledTarget, Outcome>()
    const take: Partial<Record<RuledTarget, string>> = {}
    for (const [target, rule] of rules) {
      const oursAt = dates?.(partyId, target, mine[target])
      const outcome = outcomeOf(mine[target], theirs[target], rule, { at, oursAt })
      outcomes.set(target, outcome)
      if (outcome === 'filled' || outcome === 'replaced') take[target] = theirs[target]!
    }
    // Two rows about one customer are weighed one after the other.
    states.set(partyId, overwritten(state, take))
    return [{ partyId, outcomes, take, at }]
  })
}

export function saidBy(customer: StagedCustomer): Said {
  const { name, family_name, given_name, birthday, city, country } = customer
  return {
    ...(name && { customerName: name }),
    ...(family_name && { familyName: family_name }),
    ...(given_name && { givenName: given_name }),
    ...(birthday && { birthday }),
    ...(city && { city }),
    ...(country && { country }),
  }
}

type DateOf = (partyId: string, target: RuledTarget, value: string | null) => Date | undefined

/** A value is as old as the latest file that said it with a date; else as the profile, of which no more is known. */
async function datesOf(queryable: Queryable, partyIds: readonly string[]): Promise<DateOf> {
  const said = await queryable.query<{ party_id: string; field: string; value: string; at: Date }>(
    `select party_id, field, value, max(said_at) as at from files.said_value where party_id = any($1)
     group by party_id, field, value`,
    [partyIds],
  )
  const changed = await queryable.query<{ party_id: string; changed_at: Date }>(
    'select party_id, changed_at from parties.party where party_id = any($1)',
    [partyIds],
  )
  const byValue = new Map(said.map(row => [`${row.party_id}\n${row.field}\n${row.value}`, row.at]))
  const byParty = new Map(changed.map(row => [row.party_id, row.changed_at]))
  return (partyId, target, value) => byValue.get(`${partyId}\n${target}\n${value}`) ?? byParty.get(partyId)
}

/** Writes what the file has the word about, where filling gaps has not done it yet. */
export async function writeTaken(
  transaction: Transaction,
  house: House,
  before: ReadonlyMap<string, ProfileState>,
  weighed: readonly Weighed[],
): Promise<void> {
  const wanted = new Map<string, ProfileState>()
  for (const { partyId, take } of weighed) {
    const state = wanted.get(partyId) ?? before.get(partyId)
    if (state && Object.keys(take).length > 0) wanted.set(partyId, overwritten(state, take))
  }
  const now = await profilesOf(transaction, [...wanted.keys()])
  const changes = [...wanted].flatMap(([partyId, want]) => {
    const is = now.get(partyId)
    if (!is) return []
    const next = { ...want, details: { ...is.details, ...want.details }, identifiers: is.identifiers }
    return JSON.stringify(next) === JSON.stringify(is) ? [] : [{ partyId, before: next, after: is }]
  })
  // Going on is the same step as going back: field by field from what is to what shall be.
  await takeBackProfiles(transaction, house, changes)
}

/** Remembers when a file said what now stands, so that an older file cannot have the last word. */
export async function rememberDates(
  transaction: Transaction,
  importId: string,
  rules: Rules,
  said: readonly { readonly partyId: string; readonly customer: StagedCustomer; readonly at: Date }[],
): Promise<void> {
  const dated = [...rules].filter(([, rule]: [RuledTarget, OverwriteRule]) => rule === 'newest')
  const rows = said.flatMap(({ partyId, customer, at }) => {
    const values = saidBy(customer)
    return dated.flatMap(([target]) => (values[target] ? [{ partyId, target, at, value: values[target] }] : []))
  })
  const last = [...new Map(rows.map(row => [`${row.partyId}\n${row.target}`, row])).values()]
  if (last.length === 0) return
  await transaction.query(
    `insert into files.said_value as s (party_id, field, import_id, said_at, value)
     select p, f, $1, a, v from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) as t (p, f, a, v)
     on conflict (party_id, field, import_id) do update set said_at = excluded.said_at, value = excluded.value`,
    [
      importId,
      last.map(row => row.partyId),
      last.map(row => row.target),
      last.map(row => row.at),
      last.map(row => row.value),
    ],
  )
}
