import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Consent, consentChannels, consentPurposes } from './consent-contract.ts'

/** What holds now, for every channel and purpose there is: the last word on each, and no where nothing was said. */
export async function consentsOf(queryable: Queryable, partyId: string): Promise<Consent[]> {
  const rows = await queryable.query<Pick<Consent, 'channel' | 'purpose' | 'isGiven' | 'textVersion'> & { at: Date }>(
    `select distinct on (channel, purpose) channel, purpose, is_given as "isGiven", text_version as "textVersion", at
     from parties.consent where party_id = $1 order by channel, purpose, at desc, consent_id desc`,
    [partyId],
  )
  return consentPurposes.flatMap(purpose =>
    consentChannels.map(channel => {
      const said = rows.find(row => row.channel === channel && row.purpose === purpose)
      return said
        ? { ...said, at: said.at.toISOString() }
        : { channel, purpose, isGiven: false, at: null, textVersion: null }
    }),
  )
}

/** Writes down what somebody said, with how we know; what held before stays readable. */
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
  const held = (await consentsOf(transaction, said.partyId)).find(
    each => each.channel === said.channel && each.purpose === said.purpose,
  )
  if (held?.isGiven === said.isGiven && held.textVersion === said.textVersion) return
  await transaction.query(
    `insert into parties.consent (party_id, consent_id, channel, purpose, is_given, text_version, evidence, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      said.partyId,
      house.newId(),
      said.channel,
      said.purpose,
      said.isGiven,
      said.textVersion,
      JSON.stringify(said.evidence),
      house.clock.now(),
    ],
  )
}
