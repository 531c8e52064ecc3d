import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { joinProfiles, noteJoining, partProfiles } from '#kernel/ledger/index.ts'
import {
  changeParty,
  noteMerge,
  type ProfileState,
  personOf,
  profilesOf,
  readParty,
  takeBackProfiles,
} from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { settlePair } from './candidates.ts'
import type { Choices, Evidence, Merge } from './contract.ts'
import * as store from './store.ts'

export interface Asked {
  readonly keptId: string
  readonly otherId: string
  readonly choices: Choices
}

const topics = ['customers', 'events', 'points', 'ledger', 'rhythm', 'credit', 'rewards', 'tasks', 'warnings'] as const

/**
 * Makes two profiles one, in the caller's transaction. The other becomes an alias: identifiers, accounts and consents stay with
 * the profile to which they belong, the log is given to the one that is kept, and what is understood is derived anew.
 */
export async function merge(
  house: House,
  transaction: Transaction,
  asked: Asked & { readonly by: string; readonly evidence: readonly Evidence[] },
): Promise<string> {
  const { keptId, otherId, others } = await twoPeople(transaction, asked)
  const mergeId = house.newId()
  const filled = await fill(house, transaction, { ...asked, keptId, otherId })
  const mergedAt = house.clock.now()
  await store.insertMerge(transaction, {
    ...{ mergeId, keptId, otherId, mergedAt },
    ...{ reasons: asked.evidence, mergedBy: asked.by, before: filled.before, after: filled.after },
  })
  await store.pointAt(transaction, others, keptId)
  const { profileIds } = await personOf(transaction, keptId)
  await joinProfiles(house, transaction, profileIds, keptId)
  noteMerge(house)
  await house.events.join(transaction, { from: otherId, to: keptId })
  await settlePair(house, transaction, { pair: [keptId, otherId], state: 'merged', by: asked.by })
  await house.jobs.enqueue(transaction, 'merges.gather', {}, { key: 'merges.gather' })
  await house.live.announce(transaction, topics)
  return mergeId
}

/** The two people whose profiles are meant, locked; a profile that was merged before stands for who was kept. */
async function twoPeople(transaction: Transaction, asked: Pick<Asked, 'keptId' | 'otherId'>) {
  const named = await store.lockProfiles(transaction, [asked.keptId, asked.otherId])
  const keptId = named.get(asked.keptId)?.holderId
  const otherId = named.get(asked.otherId)?.holderId
  if (!keptId || !otherId) throw refuse('not-found', 'parties:refusal.unknown')
  if (keptId === otherId) throw refuse('conflict', 'merges:refusal.same-person')
  const others = (await personOf(transaction, otherId)).profileIds
  const locked = await store.lockProfiles(transaction, [keptId, ...others])
  const isMoved = locked.get(keptId)!.holderId !== keptId || others.some(id => locked.get(id)!.holderId !== otherId)
  // Somebody else merged one of them at this very moment.
  if (isMoved) throw refuse('conflict', 'merges:refusal.changed')
  if (locked.get(keptId)!.kind !== locked.get(otherId)!.kind) throw refuse('conflict', 'merges:refusal.not-two-people')
  return { keptId, otherId, others }
}

const isUnnamed = (party: Awaited<ReturnType<typeof readParty>>) =>
  party.name === '' || party.identifiers.some(identifier => identifier.value === party.name)

/** What the kept profile does not know is filled in from the other; where both know something else, the choice counts. */
async function fill(
  house: House,
  transaction: Transaction,
  { keptId, otherId, choices }: Asked,
): Promise<{ before: store.Filled; after: store.Filled }> {
  const [kept, other] = [await readParty(transaction, keptId), await readParty(transaction, otherId)]
  const before = (await profilesOf(transaction, [keptId])).get(keptId)!
  const isName = !isUnnamed(other) && (isUnnamed(kept) || choices.name === 'other')
  const isBirthday = other.birthday !== null && (kept.birthday === null || choices.birthday === 'other')
  const details = Object.fromEntries(Object.entries(other.details).filter(([key]) => kept.details[key] === undefined))
  if (isName || isBirthday || Object.keys(details).length > 0) {
    const { name, familyName, givenName } = other
    await changeParty(transaction, house, keptId, {
      ...(isName && { name, familyName, givenName }),
      ...(isBirthday && { birthday: other.birthday }),
      details,
    })
  }
  const roles = [...new Set([...kept.roles, ...other.roles])]
  if (roles.length > kept.roles.length) {
    await store.writeRoles(transaction, keptId, { from: kept.roles, to: roles })
  }
  const after = (await profilesOf(transaction, [keptId])).get(keptId)!
  return { before: { profile: before, roles: kept.roles }, after: { profile: after, roles } }
}

/**
 * Takes a merge back: the other profile, with those that had been joined to it before, has again what came by it, also since. What
 * was spent together is spent; what was only brought over goes back.
 */
export async function undo(house: House, transaction: Transaction, mergeId: string, by: string): Promise<void> {
  const found = await store.lockMerge(transaction, mergeId)
  if (!found) throw refuse('not-found', 'merges:refusal.no-such-merge')
  if (found.undoneAt !== null) throw refuse('conflict', 'merges:refusal.undone')
  const { keptId, otherId, before, after } = found
  const { holderId, profileIds } = await personOf(transaction, otherId)
  await store.lockProfiles(transaction, profileIds)
  const theirs = below(otherId, await store.openMerges(transaction, profileIds))
  const rest = profileIds.filter(id => !theirs.includes(id))
  await store.endMerge(transaction, mergeId, by, house.clock.now())
  await store.pointAt(transaction, [otherId], null)
  await store.pointAt(
    transaction,
    theirs.filter(id => id !== otherId),
    otherId,
  )
  if ('profile' in before && 'profile' in after) {
    const change = { partyId: keptId, before: before.profile as ProfileState, after: after.profile as ProfileState }
    await takeBackProfiles(transaction, house, [change])
    await store.writeRoles(transaction, keptId, { from: after.roles, to: before.roles })
  }
  const groups = [
    { holderId, profileIds: rest },
    { holderId: otherId, profileIds: theirs },
  ]
  await partProfiles(house, transaction, groups, `merge ${mergeId} undone`)
  noteMerge(house)
  await house.events.separate(transaction, { from: holderId, to: otherId, profileIds: theirs })
  await settlePair(house, transaction, { pair: [keptId, otherId], state: 'different', by })
  await house.live.announce(transaction, topics)
}

/**
 * A profile and those that were joined to it, directly or by way of others.
 *
 * Example: B was merged into A, C into B -> below B are B and C.
 */
export function below(
  profileId: string,
  merges: readonly { readonly keptId: string; readonly otherId: string }[],
): string[] {
  const found = [profileId]
  for (const id of found) {
    for (const { keptId, otherId } of merges) if (keptId === id && !found.includes(otherId)) found.push(otherId)
  }
  return found
}

/** Merges for good, or takes back: everything that follows is one transaction. */
export async function mergeNow(house: House, asked: Parameters<typeof merge>[2]): Promise<Merge> {
  const mergeId = await house.database.transaction(transaction => merge(house, transaction, asked))
  settled(house)
  return await store.readMerge(house.database, mergeId)
}

export async function undoNow(house: House, mergeId: string, by: string): Promise<Merge> {
  await house.database.transaction(transaction => undo(house, transaction, mergeId, by))
  settled(house)
  return await store.readMerge(house.database, mergeId)
}

/** Who asked between the change and its commit still saw what was before. */
function settled(house: House): void {
  noteMerge(house)
  noteJoining(house)
}

class ThrownAway extends Error {}

/** Does the merge, looks at what it made, and throws it away: what is shown is worked out by the same rules. */
export async function asIfMerged<Seen>(
  house: House,
  asked: Asked,
  look: (transaction: Transaction, keptId: string) => Promise<Seen>,
): Promise<Seen> {
  let seen: { readonly value: Seen } | undefined
  try {
    await house.database.transaction(async transaction => {
      await merge(house, transaction, { ...asked, by: 'nobody', evidence: [] })
      const { holderId } = await personOf(transaction, asked.keptId)
      seen = { value: await look(transaction, holderId) }
      throw new ThrownAway('a preview changes nothing')
    })
  } catch (error) {
    if (!(error instanceof ThrownAway)) throw error
  }
  settled(house)
  return seen!.value
}
