import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { cardSecret, readCardToken } from './card-token.ts'
import { followCardLink, makeCardLink, signInWithCardCode, whoseCard } from './index.ts'
import { readCard, readCardAccess } from './member-card.ts'
import { askForCardCode, makeCardCode } from './member-code.ts'
import { changeCardSettings, closeCard, endCardAccess } from './member-session.ts'

let house: TestHouse
const start = '2026-03-01T09:00:00Z'
const by = { kind: 'nobody' } as const
const phone = '138 0000 5521'

beforeAll(async () => {
  house = await openTestHouse({ start })
})
afterAll(() => house.close())
beforeEach(async () => {
  house.clock.set(start)
  await house.database.query(
    'truncate access.member_session, access.member_link, access.member_code, access.code_to_deliver',
  )
  await house.database.query('truncate parties.party, parties.identifier, settings.setting')
})

const code = (name: string) => expect.objectContaining({ code: `access:refusal.${name}` })
const later = (minutes: number) => house.clock.set(new Date(house.clock.now().getTime() + minutes * 60_000))
const days = (count: number) => count * 24 * 60

async function customer(name = '王小姐', given = phone): Promise<string> {
  const { partyIds } = await house.database.transaction(transaction =>
    resolveParties(transaction, house, house.newId(), [
      {
        name,
        identifiers: [
          { kind: 'phone', value: given },
          { kind: 'card', value: `88${given.slice(-4)}` },
        ],
      },
    ]),
  )
  return partyIds[0]!
}

const linkTo = (partyId: string) => makeCardLink(house, { partyId, by })
const waiting = async (partyId: string) => (await readCardAccess(house, partyId)).code?.code ?? null
const tryCode = (given: string, identifier = phone) => signInWithCardCode(house, { identifier, code: given })
const wrong = (right: string | null) => (right === '111111' ? '222222' : '111111')

describe('a card link', () => {
  test('opens the card of its customer once, and the database keeps no secret', async () => {
    const partyId = await customer()
    const link = await linkTo(partyId)
    expect(link.path).toBe(`/card#${link.token}`)
    expect(link.expiresAt).toBe('2026-03-31T09:00:00.000Z')
    const opened = await followCardLink(house, link.token)
    expect(await whoseCard(house, opened.token)).toMatchObject({ kind: 'member', id: partyId })
    await expect(followCardLink(house, link.token)).rejects.toEqual(code('card-link-used'))
    const kept = JSON.stringify(await house.database.query('select * from access.member_link, access.member_session'))
    expect(kept).not.toContain(link.token)
    expect(kept).not.toContain(opened.token)
  })

  test('of eight who follow it at the same moment one gets in', async () => {
    const { token } = await linkTo(await customer())
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => followCardLink(house, token)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('ends in time, as the setting says, and with the next link', async () => {
    const partyId = await customer()
    const older = await linkTo(partyId)
    const newer = await linkTo(partyId)
    await expect(followCardLink(house, older.token)).rejects.toEqual(code('card-link-unknown'))
    later(days(7))
    await changeCardSettings(house, { linkDays: 7, sessionDays: 180 })
    await expect(followCardLink(house, newer.token)).rejects.toEqual(code('card-link-expired'))
    await changeCardSettings(house, { linkDays: 8, sessionDays: 180 })
    await followCardLink(house, newer.token)
  })

  test('is for somebody on file', async () => {
    await expect(linkTo(house.newId())).rejects.toEqual(expect.objectContaining({ code: 'parties:refusal.unknown' }))
  })
})

describe('a one-time code', () => {
  test('waits in the outbox for who is known, and opens the card by any of their numbers', async () => {
    const partyId = await customer()
    await askForCardCode(house, '+86 138-0000-5521')
    const told = await waiting(partyId)
    expect(told).toMatch(/^\d{6}$/)
    const opened = await tryCode(`${told!.slice(0, 3)} ${told!.slice(3)}`, '885521')
    expect(await whoseCard(house, opened.token)).toMatchObject({ id: partyId })
    expect(await waiting(partyId)).toBeNull()
    await expect(tryCode(told!)).rejects.toEqual(code('card-code-wrong'))
  })

  test('for somebody unknown the same is written, but nothing waits and nothing opens', async () => {
    await askForCardCode(house, '139 9999 9999')
    expect(await house.database.query('select 1 from access.member_code where party_id is null')).toHaveLength(1)
    expect(await house.database.query('select 1 from access.code_to_deliver')).toHaveLength(0)
    await expect(tryCode('123456', '139 9999 9999')).rejects.toEqual(code('card-code-wrong'))
  })

  test('lives ten minutes', async () => {
    const partyId = await customer()
    await askForCardCode(house, phone)
    const told = await waiting(partyId)
    later(10)
    await expect(tryCode(told!)).rejects.toEqual(code('card-code-wrong'))
    expect(await waiting(partyId)).toBeNull()
  })

  test('bears five wrong tries, also when thirty come at the same moment', async () => {
    const partyId = await customer()
    await askForCardCode(house, phone)
    const told = await waiting(partyId)
    await Promise.allSettled(Array.from({ length: 30 }, () => tryCode(wrong(told))))
    await expect(tryCode(told!)).rejects.toEqual(code('card-code-wrong'))
    await askForCardCode(house, phone)
    const again = await waiting(partyId)
    for (let attempt = 0; attempt < 4; attempt++) {
      await expect(tryCode(wrong(again))).rejects.toEqual(code('card-code-wrong'))
    }
    await tryCode(again!)
  })

  test('used by two at the same moment opens once', async () => {
    const partyId = await customer()
    const told = (await makeCardCode(house, partyId)).code
    const outcomes = await Promise.allSettled([tryCode(told), tryCode(told), tryCode(told)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('asked for again by a stranger stays what the customer was told', async () => {
    const partyId = await customer()
    const told = await makeCardCode(house, partyId)
    await askForCardCode(house, phone)
    expect(await waiting(partyId)).toBe(told.code)
    expect(await makeCardCode(house, partyId)).toEqual(told)
  })

  test('is made five times an hour for those who ask from outside; staff may always read one out', async () => {
    const partyId = await customer()
    const seen = new Set<string | null>()
    for (let round = 0; round < 7; round++) {
      await askForCardCode(house, phone)
      const told = await waiting(partyId)
      if (told) seen.add(`${round} ${told}`)
      for (let attempt = 0; attempt < 5; attempt++) await tryCode(wrong(told)).catch(() => undefined)
      await house.database.query('delete from access.code_to_deliver')
    }
    expect(seen.size).toBe(5)
    await tryCode((await makeCardCode(house, partyId)).code)
  })

  test('leaves nothing behind after an hour', async () => {
    await customer()
    await askForCardCode(house, phone)
    later(61)
    await askForCardCode(house, '139 9999 9999')
    expect(await house.database.query('select 1 from access.member_code')).toHaveLength(1)
    expect(await house.database.query('select 1 from access.code_to_deliver')).toHaveLength(0)
  })
})

describe('a device', () => {
  const open = async (partyId: string) => (await followCardLink(house, (await linkTo(partyId)).token)).token

  test('stays signed in while it is used, and is over after 180 days of silence', async () => {
    const token = await open(await customer())
    for (let round = 0; round < 2; round++) {
      later(days(179))
      expect(await whoseCard(house, token)).toBeDefined()
    }
    later(days(180))
    expect(await whoseCard(house, token)).toBeUndefined()
  })

  test('signed out opens nothing; the other one stays', async () => {
    const partyId = await customer()
    const [phoneToken, tablet] = [await open(partyId), await open(partyId)]
    expect((await readCardAccess(house, partyId)).devices).toHaveLength(2)
    await closeCard(house, phoneToken)
    expect(await whoseCard(house, phoneToken)).toBeUndefined()
    expect(await whoseCard(house, tablet)).toBeDefined()
  })

  test('signing out everywhere ends sessions, links and codes of this customer only', async () => {
    const [partyId, other] = [await customer(), await customer('李先生', '139 0000 1234')]
    const [mine, theirs] = [await open(partyId), await open(other)]
    const link = await linkTo(partyId)
    const told = await makeCardCode(house, partyId)
    await endCardAccess(house, partyId)
    expect(await whoseCard(house, mine)).toBeUndefined()
    await expect(followCardLink(house, link.token)).rejects.toEqual(code('card-link-unknown'))
    await expect(tryCode(told.code)).rejects.toEqual(code('card-code-wrong'))
    expect(await whoseCard(house, theirs)).toMatchObject({ id: other })
  })

  test('of a customer who is no longer on file opens nothing', async () => {
    const partyId = await customer()
    const token = await open(partyId)
    await house.database.query('delete from parties.party where party_id = $1', [partyId])
    expect(await whoseCard(house, token)).toBeUndefined()
  })

  test('of a profile that became another one shows that one', async () => {
    const [partyId, other] = [await customer(), await customer('王女士', '139 0000 1234')]
    const token = await open(partyId)
    await house.database.query('update parties.party set canonical_party_id = $2 where party_id = $1', [partyId, other])
    expect(await whoseCard(house, token)).toMatchObject({ id: other })
  })
})

test('the card carries its number and a text for the till: new every minute, good for three', async () => {
  const partyId = await customer()
  house.clock.set('2026-03-01T09:00:30Z')
  const card = await readCard(house, partyId)
  expect(card).toMatchObject({
    name: '王小姐',
    number: '885521',
    language: null,
    renewsAt: '2026-03-01T09:01:00.000Z',
    validUntil: '2026-03-01T09:03:00.000Z',
    world: 'business',
  })
  expect((await readCard(house, partyId)).token).toBe(card.token)
  const scanned = async () => readCardToken(await cardSecret(house), card.token, house.clock.now())
  house.clock.set('2026-03-01T09:02:59Z')
  expect(await scanned()).toEqual({ state: 'valid', partyId })
  house.clock.set('2026-03-01T09:03:00Z')
  expect(await scanned()).toEqual({ state: 'expired' })
})
