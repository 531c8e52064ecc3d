import type { z } from 'zod'
import { cardSecret, readCardToken } from '#kernel/access/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { identifierKey, regionKnownTo } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { customer } from './contract.ts'

export type NamedCustomer = z.output<typeof customer>

export interface KnownCustomer {
  readonly partyId: string
  readonly name: string
}

/**
 * Who is meant: by what their card showed, by the number on it, or by their id. A token is held to the instant at which it was read, which for
 * a till without a line lies in the past. Who was merged into another profile is that profile.
 */
export async function customerOf(
  house: House,
  queryable: Queryable,
  { named, at }: { readonly named: NamedCustomer; readonly at: Date },
): Promise<KnownCustomer> {
  if (named.cardToken !== undefined) return await byToken(house, queryable, named.cardToken, at)
  if (named.card !== undefined) {
    const found = await byCard(queryable, named.card)
    if (!found) throw refuse('not-found', 'till:refusal.card-unknown')
    return found
  }
  return await byId(queryable, named.partyId!)
}

async function byId(queryable: Queryable, partyId: string): Promise<KnownCustomer> {
  const [found] = await queryable.query<KnownCustomer>(
    `select o.party_id as "partyId", o.name from parties.party p
     join parties.party o on o.party_id = coalesce(p.canonical_party_id, p.party_id) where p.party_id = $1`,
    [partyId],
  )
  if (!found) throw refuse('not-found', 'parties:refusal.unknown')
  return found
}

async function byToken(house: House, queryable: Queryable, text: string, at: Date): Promise<KnownCustomer> {
  const card = readCardToken(await cardSecret(house, queryable), text, at)
  if (card.state === 'expired') throw refuse('conflict', 'till:refusal.card-expired')
  if (card.state === 'unknown') throw refuse('not-found', 'till:refusal.card-unknown')
  return await byId(queryable, card.partyId)
}

/** By the number of a card; where a shop prints its own customer numbers on its cards, by that. */
async function byCard(queryable: Queryable, value: string): Promise<KnownCustomer | undefined> {
  const keyOf = (kind: 'card' | 'customer_id') => identifierKey({ kind, value })
  const [found] = await queryable.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier
     where kind = 'card' and value_key = $1 or kind = 'customer_id' and value_key = $2 order by kind limit 1`,
    [keyOf('card'), keyOf('customer_id')],
  )
  return found && (await byId(queryable, found.partyId))
}

const mostFound = 5

/**
 * Finds who stands at the till. A card names exactly one; the end of a phone number may fit several, so the till asks for the name,
 * of which the answer shows only the beginning: nobody reads out a list of customers from a till.
 */
export async function find(house: House, text: string) {
  const queryable = house.database
  const shown = ({ partyId, name }: KnownCustomer, hint: string) => ({ partyId, name, hint })
  if (/^gxc1\./i.test(text)) {
    const found = await byToken(house, queryable, text, house.clock.now())
    return { isCertain: true, items: [shown(found, '')] }
  }
  const card = await byCard(queryable, text)
  if (card) return { isCertain: true, items: [shown(card, `•••• ${text.trim().slice(-4)}`)] }
  const digits = text.replace(/\D/g, '')
  if (digits.length < 4) return { isCertain: false, items: [] }
  // Written from the front it may lack the country, or the nought that is only dialled at home.
  const whole = identifierKey({ kind: 'phone', value: text }, await regionKnownTo(house, queryable))
  const rows = await queryable.query<KnownCustomer>(
    `select distinct o.party_id as "partyId", o.name from parties.party p
     join parties.identifier i on i.party_id = p.party_id and i.kind = 'phone'
     join parties.party o on o.party_id = coalesce(p.canonical_party_id, p.party_id)
     join parties.search_key k on k.party_id = p.party_id and k.key >= $1 and k.key < $1 || $5
     where right(regexp_replace(i.value, '\\D', '', 'g'), $2) = $3
     union select o.party_id, o.name from parties.identifier i join parties.party p on p.party_id = i.party_id
     join parties.party o on o.party_id = coalesce(p.canonical_party_id, p.party_id)
     where i.kind = 'phone' and i.value_key = $6
     order by name, "partyId" limit $4`,
    [`~${[...digits].reverse().join('')}`, digits.length, digits, mostFound, '\u{10ffff}', whole],
  )
  const hint = `•••• ${digits.slice(-4)}`
  return { isCertain: false, items: rows.map(row => shown({ ...row, name: maskedName(row.name) }, hint)) }
}

/** Example: 'Mei Lin' -> 'Mei L.', '王小姐' -> '王••'. */
export function maskedName(name: string): string {
  const letters = Array.from(name.trim())
  if (/\p{Script=Han}/u.test(name)) return letters.map((letter, index) => (index === 0 ? letter : '•')).join('')
  const [first = '', ...others] = name.trim().split(/\s+/)
  const last = others.at(-1)
  return last ? `${first} ${Array.from(last)[0]}.` : `${letters.slice(0, 3).join('')}•`
}
