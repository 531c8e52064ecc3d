import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commerceEvents, type Meaning } from './commerce.ts'
import { translate } from './segment.ts'

const page = new URL('../../../docs/reference/events.md', import.meta.url)
const marks = ['<!-- commerce events: made from src/kernel/events/commerce.ts -->', '<!-- end -->'] as const

const meanings: Readonly<Record<Meaning, string>> = {
  purchase: '`purchase.recorded`, known by its `order_id`',
  correction: '`purchase.recorded` that replaces the order; waits until the order is known',
  refund: '`refund.recorded` of the order, in full or in part',
  cancellation: '`refund.recorded` of what is left of the order',
  kept: '`client.tracked`',
}

test('the table in docs/reference/events.md says what the code does', () => {
  const rows = commerceEvents.map(({ name, means, lifts = [] }) => {
    const lifted = lifts.length > 0 ? ` with ${lifts.map(lift => `\`${lift}\``).join(', ')}` : ''
    return `| ${name} | ${meanings[means]}${lifted} |`
  })
  const table = ['| Segment event | here |', '|---|---|', ...rows].join('\n')
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(marks[0])
  const after = rest!.split(marks[1])[1]
  const expected = `${before}${marks[0]}\n\n${table}\n\n${marks[1]}${after}`
  if (process.env.GUANXI_WRITE_EVENTS) writeFileSync(page, expected)
  else expect(text).toBe(expected)
})

test.each(commerceEvents.map(entry => [entry.name, entry.means] as const))('%s is understood as %s', (name, means) => {
  const message = { type: 'track', event: name, userId: 'u', properties: { order_id: 'o', total: 5, product_id: 'p' } }
  const read = translate(message, { receivedAt: new Date('2026-03-01T09:00:00Z'), currency: 'CNY' })
  const kinds = {
    purchase: 'purchase',
    correction: 'purchase',
    refund: 'refund',
    cancellation: 'refund',
    kept: 'client',
  }
  expect(read).toMatchObject({ ok: true, event: { kind: expect.stringMatching(`^${kinds[means]}`) } })
  expect('about' in read && read.about?.act).toBe(means === 'correction' ? 'correct' : false)
})
