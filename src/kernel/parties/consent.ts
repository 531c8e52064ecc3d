import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { personOf } from './alias.ts'
import { type Consent, consentChannels, consentPurposes } from './consent-contract.ts'

/**
 * What holds now, for every channel and purpose there is: the last word on each, and no where nothing was said. Of somebody with
 * several profiles the strictest counts: a no to any of them is a no, until they say otherwise as one person. Each profile keeps its own
 * log, so that they can be parted.
 */
export async function consentsOf(queryable: Queryable, partyId: string): Promise<Consent[]> {
  const { profileIds } = await personOf(queryable, partyId)
  const rows = await queryable.query<
    Pick<Consent, 'channel' | 'purpose' | 'isGiven' | 'textVersion'> & { at: Date; isForAll: boolean }
  >(
    `select distinct on (party_id, channel, purpose) channel, purpose, is_given as "isGiven", text_version as "textVersion", at,
       evidence ? 'profiles' as "isForAll"
     from parties.consent where party_id = any ($1) order by party_id, channel, purpose, at desc, consent_id desc`,
    [profileIds],
  )
  return consentPurposes.flatMap(purpose =>
    consentChannels.map(channel => {
      const all = rows.filter(row => row.channel === channel && row.purpose === purpose)
      const asOne = all.find(row => row.isForAll)
      const since = all.filter(row => asOne === undefined || row.at >= asOne.at)
      const said = since.find(row => !row.isGiven) ?? since[0]
      return said
        ? { ...said, at: said.at.toISOString() }
        : { channel, purpose, isGiven: false, at: null, textVersion: null }
    }),
  )
}

/** Writes down what somebody said, with how we know; what held before stays readable. What a merged person says holds for all profiles. */
export async function recordConsent(
  transaction: Transaction,
  house: House,
  said: {
    readonly partyId: string
    readonly channel: Consent['channel']
    readonly purpose: Consent['purpose']
    readonly isGiven: boolean
    readonly textVersion: string
    /** Who said it, by what way, in which language they read the wording. */
    readonly evidence: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { holderId, profileIds } = await personOf(transaction, said.partyId)
  const evidence = profileIds.length > 1 ? { ...said.evidence, profiles: String(profileIds.length) } : said.evidence
  const held = (await consentsOf(transaction, said.partyId)).find(
    each => each.channel === said.channel && each.purpose === said.purpose,
  )
  if (held?.isGiven === said.isGiven && held.textVersion === said.textVersion) return
  await transaction.query(
    `insert into parties.consent (party_id, consent_id, channel, purpose, is_given, text_version, evidence, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      holderId,
      house.newId(),
      said.channel,
      said.purpose,
      said.isGiven,
      said.textVersion,
      JSON.stringify(evidence),
      house.clock.now(),
    ],
  )
}
