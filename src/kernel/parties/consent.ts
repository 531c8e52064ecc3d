import { localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { personOf } from './alias.ts'
import {
  type Consent,
  type ConsentSettings,
  consentChannels,
  consentPurposes,
  consentSettings,
  type Wording,
} from './consent-contract.ts'

interface Word extends Pick<Consent, 'channel' | 'purpose' | 'isGiven' | 'textVersion' | 'confirmation'> {
  readonly partyId: string
  readonly at: Date
  readonly profiles: readonly string[] | null
}

/** The last word of each profile on each channel and purpose. */
function lastWords(queryable: Queryable, profileIds: readonly string[]): Promise<Word[]> {
  return queryable.query<Word>(
    `select distinct on (party_id, channel, purpose) party_id as "partyId", channel, purpose, is_given as "isGiven",
       text_version as "textVersion", confirmation, at, profiles
     from parties.consent where party_id = any ($1) order by party_id, channel, purpose, at desc, consent_id desc`,
    [profileIds],
  )
}

/**
 * What holds of one person who may have several profiles, by the last word of each: what one of them withdrew goes before
 * what another gave, unless the yes came later and was said for all of them (`profiles`).
 *
 * Example: A said yes in May, B no in March, joined in June -> no; the joined one says yes in July -> yes.
 */
export function strictest(words: readonly Word[]): Word | undefined {
  const [newest] = words.toSorted((one, other) => other.at.getTime() - one.at.getTime())
  const standing = words.filter(
    word =>
      !word.isGiven &&
      !words.some(yes => yes.isGiven && yes.at >= word.at && yes.profiles?.includes(word.partyId) === true),
  )
  return standing.toSorted((one, other) => other.at.getTime() - one.at.getTime())[0] ?? newest
}

/** What holds now, for every channel and purpose there is, over all profiles of somebody; no where nothing was said. */
export async function consentsOf(queryable: Queryable, partyId: string): Promise<Consent[]> {
  const { profileIds } = await personOf(queryable, partyId)
  const words = await lastWords(queryable, profileIds)
  return consentPurposes.flatMap(purpose =>
    consentChannels.map((channel): Consent => {
      const said = strictest(words.filter(word => word.channel === channel && word.purpose === purpose))
      if (!said) return { channel, purpose, isGiven: false, at: null, textVersion: null, confirmation: 'none' }
      const { isGiven, textVersion, confirmation } = said
      return { channel, purpose, isGiven, textVersion, confirmation, at: said.at.toISOString() }
    }),
  )
}

/**
 * Whether somebody may be written to, now: the one question that whoever sends asks in the transaction of sending. A yes that
 * still has to be confirmed permits nothing, nor does one that is dated later than now.
 */
export async function mayContact(
  queryable: Queryable,
  partyId: string,
  channel: Consent['channel'],
  purpose: Consent['purpose'],
  now: Date,
): Promise<boolean> {
  const { profileIds } = await personOf(queryable, partyId)
  const words = await lastWords(queryable, profileIds)
  const said = strictest(words.filter(word => word.channel === channel && word.purpose === purpose))
  return said?.isGiven === true && said.confirmation !== 'asked' && said.at <= now
}

export interface Said {
  readonly partyId: string
  readonly channel: Consent['channel']
  readonly purpose: Consent['purpose']
  readonly isGiven: boolean
  readonly textVersion: string
  /** In which language they read the wording. */
  readonly language?: string | undefined
  /** Whether the address itself confirms it, as somebody signed in on their card does. */
  readonly isConfirmed?: boolean
  /** Who said it, by what way, where; never from which machine. */
  readonly evidence: Readonly<Record<string, string>>
}

/** Writes down what somebody said, with how we know; what held before stays readable. Saying the same again adds nothing. */
export async function recordConsent(transaction: Transaction, house: House, said: Said): Promise<void> {
  const { holderId, profileIds } = await personOf(transaction, said.partyId)
  const { doubleOptIn } = await house.settings.read('consent', consentSettings, transaction)
  const asksTwice = said.isGiven && doubleOptIn.includes(said.channel)
  const confirmation = !asksTwice ? 'none' : said.isConfirmed ? 'confirmed' : 'asked'
  const held = (await consentsOf(transaction, holderId)).find(
    each => each.channel === said.channel && each.purpose === said.purpose,
  )
  if (
    held?.isGiven === said.isGiven &&
    held.textVersion === said.textVersion &&
    (held.confirmation === confirmation || confirmation === 'asked')
  ) {
    return
  }
  await transaction.query(
    `insert into parties.consent (party_id, consent_id, channel, purpose, is_given, text_version, evidence, at, confirmation,
       language, profiles) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      holderId,
      house.newId(),
      said.channel,
      said.purpose,
      said.isGiven,
      said.textVersion,
      JSON.stringify(said.evidence),
      house.clock.now(),
      confirmation,
      said.language ?? null,
      profileIds.length > 1 ? profileIds : null,
    ],
  )
}

type What = Pick<Consent, 'channel' | 'purpose'>

/**
 * The wording that people agree to on a day: the newest that has begun, of those that speak most exactly of what is asked.
 *
 * Example: one for all since 1 November, one for offers since 1 March; on 1 December offers have the one of March.
 */
export function wordingOn({ texts }: ConsentSettings, day: string, { channel, purpose }: What): Wording {
  const exactness = (text: ConsentSettings['texts'][number]) =>
    (text.purpose === null ? 0 : 2) + (text.channel === null ? 0 : 1)
  const fitting = texts.filter(text => [null, purpose].includes(text.purpose) && [null, channel].includes(text.channel))
  const [best = texts[0]!] = fitting
    .filter(text => text.fromOn <= day)
    .toSorted((one, other) => exactness(other) - exactness(one) || (one.fromOn < other.fromOn ? 1 : -1))
  return { version: best.version, en: best.en, zh: best.zh }
}

/** The wording of today for whatever is asked. */
async function wordings(house: House, queryable: Queryable): Promise<(what: What) => Wording> {
  const settings = await house.settings.read('consent', consentSettings, queryable)
  const { zone } = await house.settings.business(queryable)
  const today = localDay(house.clock.now(), zone)
  return what => wordingOn(settings, today, what)
}

export const currentWording = async (house: House, queryable: Queryable, what: What) =>
  (await wordings(house, queryable))(what)

/** What holds now, each beside the wording that a yes would be said to today. */
export async function consentItems(house: House, queryable: Queryable, partyId: string) {
  const wordingOf = await wordings(house, queryable)
  return (await consentsOf(queryable, partyId)).map(each => ({ ...each, wording: wordingOf(each) }))
}

/** Everything that was said, newest first, with the wording as it stood. */
export async function consentHistoryOf(house: House, partyId: string, language: string) {
  const { profileIds } = await personOf(house.database, partyId)
  const { texts } = await house.settings.read('consent', consentSettings)
  const rows = await house.database.query<{
    consentId: string
    channel: string
    purpose: string
    isGiven: boolean
    confirmation: Consent['confirmation']
    textVersion: string
    language: string | null
    evidence: Record<string, string>
    at: Date
  }>(
    `select consent_id as "consentId", channel, purpose, is_given as "isGiven", confirmation, text_version as "textVersion",
       language, evidence, at from parties.consent where party_id = any ($1) order by at desc, consent_id desc`,
    [profileIds],
  )
  return rows.map(({ evidence, at, ...row }) => {
    const text = texts.find(each => each.version === row.textVersion)
    const isChinese = (row.language ?? language).startsWith('zh')
    return {
      ...row,
      at: at.toISOString(),
      text: text ? (isChinese ? text.zh : text.en) : null,
      way: evidence.on ?? null,
      by: evidence.by ?? null,
      place: evidence.place ?? null,
    }
  })
}

/** New wordings and channels; a wording that stands is evidence, so it can be neither changed nor taken away. */
export async function changeConsentSettings(house: House, next: ConsentSettings): Promise<ConsentSettings> {
  return house.database.transaction(async transaction => {
    const before = await house.settings.read('consent', consentSettings, transaction)
    const kept = before.texts.every(text =>
      next.texts.some(
        each =>
          each.version === text.version &&
          each.en === text.en &&
          each.zh === text.zh &&
          each.fromOn === text.fromOn &&
          each.purpose === text.purpose &&
          each.channel === text.channel,
      ),
    )
    if (!kept) throw refuse('conflict', 'parties:refusal.consent-text-stands')
    await house.settings.write(transaction, 'consent', next)
    return next
  })
}
