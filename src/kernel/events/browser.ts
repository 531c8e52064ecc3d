import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Identifier, knownByEach, type Sighting } from '#kernel/parties/index.ts'

/** What is believed of whom a web page says it saw, and the two people who it says are one. */
export interface Believed {
  readonly sighting: Sighting
  readonly claims?: readonly [string, string]
}

const isContact = ({ kind }: Identifier) => kind === 'email' || kind === 'phone'

/**
 * Anybody can send with the key of a web page. So a page may link a browser to a customer number, or to an address of its own; it
 * never ties a number to an address or to another number, else whoever sent it would collect what belongs to the number.
 *
 * Example: number C-7 (known) with the e-mail of C-9: the visit is C-7's, the e-mail stays C-9's, and people are asked whether
 * both are one.
 */
export async function believedOf(
  house: House,
  transaction: Transaction,
  sightings: readonly Sighting[],
): Promise<readonly Believed[]> {
  const named = sightings.flatMap(({ identifiers }) => identifiers)
  const browsers = named.filter(({ kind }) => kind === 'anonymous_id').map(({ value }) => value)
  // The same browser may be speaking in another transaction: each must see what the other linked.
  await transaction.query(
    `select pg_advisory_xact_lock(727253, h) from
       (select distinct hashtext(b) as h from unnest($1::text[]) as t (b) order by 1) as held`,
    [browsers],
  )
  const found = await knownByEach(house, transaction, named)
  const ownerOf = new Map(named.map((identifier, index) => [identifier, found[index]]))
  const numberOf = numbersSaid(sightings)
  return sightings.map(sighting => {
    const { identifiers } = sighting
    const number = identifiers.find(({ kind }) => kind === 'customer_id')
    const browser = identifiers.find(({ kind }) => kind === 'anonymous_id')
    const contacts = identifiers.filter(isContact)
    const owner = browser && ownerOf.get(browser)
    const self = number ? ownerOf.get(number) : owner
    // A browser that somebody with a number used is a shared one, and says nothing about who is who.
    const isOnlyReached = owner?.kinds.has('customer_id') === false && owner.kinds.size > 1
    const others = [...contacts.map(contact => ownerOf.get(contact)), ...(isOnlyReached ? [owner] : [])]
    const other = self && others.find(each => each && each.partyId !== self.partyId)
    const claims = other && ([self.partyId, other.partyId] as const)
    const kept = number
      ? [number, ...(browser && mayFollow(number, browser) ? [browser] : [])]
      : browser
        ? [browser, ...contacts.filter(contact => mayReach(browser, contact))]
        : contacts.slice(0, 1)
    return { sighting: { ...sighting, identifiers: kept }, ...(claims && { claims }) }
  })

  /** A number that nobody has yet goes to a browser of which nothing is known, and a browser to the first number it says. */
  function mayFollow(number: Identifier, browser: Identifier): boolean {
    if (numberOf.get(browser.value) !== number.value) return false
    const owner = ownerOf.get(browser)
    return ownerOf.get(number) !== undefined || owner === undefined || [...owner.kinds].join() === 'anonymous_id'
  }

  function mayReach(browser: Identifier, contact: Identifier): boolean {
    const [owner, other] = [ownerOf.get(browser), ownerOf.get(contact)]
    if (numberOf.has(browser.value) || owner?.kinds.has('customer_id')) return false
    return other === undefined || other.partyId === owner?.partyId
  }
}

/** The first customer number that is said beside each browser: what comes in one batch is linked in one stroke. */
function numbersSaid(sightings: readonly Sighting[]): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>()
  for (const { identifiers } of sightings) {
    const number = identifiers.find(({ kind }) => kind === 'customer_id')
    const browser = identifiers.find(({ kind }) => kind === 'anonymous_id')
    if (number && browser && !numbers.has(browser.value)) numbers.set(browser.value, number.value)
  }
  return numbers
}
