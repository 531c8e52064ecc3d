import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardToken, readCardToken } from './card-token.ts'

const secret = 'a secret of this house'
const now = new Date('2026-11-22T08:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const partyId = '01900000-0000-7000-8000-00000000abcd'

describe('what a till scans from a member card', () => {
  it('names its customer until it ends, in capitals too', () => {
    const token = cardToken(secret, { partyId, expiresAt: later(180) })
    expect(readCardToken(secret, token, now)).toEqual({ state: 'valid', partyId })
    expect(readCardToken(secret, ` ${token.toUpperCase()}\n`, later(179))).toEqual({ state: 'valid', partyId })
    expect(readCardToken(secret, token, later(180))).toEqual({ state: 'expired' })
  })

  it('any customer can be named', () => {
    fc.assert(
      fc.property(fc.uuid(), id => {
        const token = cardToken(secret, { partyId: id, expiresAt: later(1) })
        expect(readCardToken(secret, token, now)).toEqual({ state: 'valid', partyId: id })
      }),
    )
  })

  it('whatever is changed in it, it is nobody’s card', () => {
    const token = cardToken(secret, { partyId, expiresAt: later(180) })
    for (let at = 5; at < token.length; at++) {
      const other = token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1)
      expect(readCardToken(secret, other, now)).toEqual({ state: 'unknown' })
    }
    expect(readCardToken('another house', token, now)).toEqual({ state: 'unknown' })
    for (const text of ['', 'gxc1', 'gxc1...', '王小姐', `${token}.`]) {
      expect(readCardToken(secret, text, now)).toEqual({ state: 'unknown' })
    }
  })
})
