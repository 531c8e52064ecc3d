import { describe, expect, it } from 'vitest'
import { PUBLISHED_ROWS } from '../../bench/published-rows.ts'

describe('numbers of the literature', () => {
  for (const { source, what, expected, within, ours } of PUBLISHED_ROWS) {
    it(`${what} is ${expected} (${source})`, context => {
      const found = ours()
      if (found === undefined) return context.skip('the data set is not in ../shared/data (or GUANXI_SHARED_DATA)')
      expect(Math.abs(found - expected), `found ${found}`).toBeLessThanOrEqual(within)
    })
  }
})
