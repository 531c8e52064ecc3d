import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestHouse } from '#testing/house.ts'
import { importFile } from './index.ts'

test('a business that has sold nothing counts in the currency of its first orders, and keeps it afterwards', async () => {
  const house = await openTestHouse({ business: { currency: 'CNY' } })
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-currency-'))
  const take = async (name: string, text: string, currency: string) => {
    await writeFile(join(folder, name), text)
    await importFile(house, join(folder, name), { options: { currency } })
  }
  try {
    await take('first.csv', 'Order,Customer,Date,Amount\nA1,c1,2026-01-14,12.50\n', 'GBP')
    expect((await house.settings.business()).currency).toBe('GBP')
    await take('second.csv', 'Order,Customer,Date,Amount\nA2,c1,2026-01-15,99.00\n', 'EUR')
    expect((await house.settings.business()).currency).toBe('GBP')
    const [state] = await house.database.query('select spend_minor from rhythm.state')
    expect(state).toEqual({ spend_minor: 1250 })
  } finally {
    await house.close()
    await rm(folder, { recursive: true, force: true })
  }
})
