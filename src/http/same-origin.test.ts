import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isForeign } from './same-origin.ts'

describe('a request that another site made is foreign', () => {
  test.each([
    [{ host: 'shop.example' }, false],
    [{ host: 'shop.example', secFetchSite: 'same-origin' }, false],
    [{ host: 'shop.example', secFetchSite: 'none' }, false],
    [{ host: 'shop.example', secFetchSite: 'same-site' }, true],
    [{ host: 'shop.example', secFetchSite: 'cross-site' }, true],
    [{ host: 'shop.example', origin: 'https://shop.example' }, false],
    [{ host: 'Shop.Example:7250', origin: 'http://shop.example:7250' }, false],
    [{ host: 'shop.example:7250', origin: 'http://shop.example:7251' }, true],
    [{ host: 'shop.example', origin: 'https://shop.example.evil.example' }, true],
    [{ host: 'shop.example:443', origin: 'https://shop.example' }, false],
    [{ host: 'shop.example', origin: 'null' }, true],
    [{ host: 'shop.example', origin: '' }, true],
    [{ host: 'shop.example', secFetchSite: 'cross-site', origin: 'https://shop.example' }, true],
  ])('%j: %s', (provenance, foreign) => {
    expect(isForeign(provenance)).toBe(foreign)
  })

  test('no origin but our own passes', () => {
    fc.assert(
      fc.property(fc.webUrl(), url => {
        fc.pre(new URL(url).host !== 'shop.example')
        return isForeign({ host: 'shop.example', origin: new URL(url).origin })
      }),
    )
  })
})
