import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { importFile } from '#kernel/files/index.ts'
import { openTestHouse } from '#testing/house.ts'
import { listCustomers } from './customers.ts'
import { situationOf } from './reading.ts'
import { currentModel } from './store.ts'

const shared = process.env.GUANXI_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const invoices = `${shared}/online-retail-ii/invoices.csv.gz`
const here = existsSync(invoices)
if (!here) console.log('skipped: Online Retail II is not in ../shared/data (or GUANXI_SHARED_DATA)')

test.skipIf(!here)(
  'two years of a real shop: read as of their end, learned, checked, and the late listed',
  async () => {
    const house = await openTestHouse({
      start: '2026-11-21T09:00:00Z',
      business: { currency: 'GBP', zone: 'Europe/London' },
    })
    try {
      await importFile(house, invoices)
      await house.performWaiting()
      expect(await situationOf(house)).toMatchObject({ asOfOn: '2011-12-09', history: true })
      const model = (await currentModel(house))!
      expect(model.kind).toBe('fitted')
      expect(model.parameters.k).toBeGreaterThan(1.3)
      expect(model.parameters.k).toBeLessThan(1.8)
      // Fitted on the past of 10 October only; the two months after it were hidden from the model.
      const { auc, aucRecency, brierRaw, brierCalibrated, customers, cutoffOn } = model.calibration!
      expect(cutoffOn).toBe('2011-10-10')
      expect(customers).toBeGreaterThan(2500)
      expect(auc!).toBeGreaterThan(aucRecency! + 0.04)
      expect(auc!).toBeGreaterThan(0.75)
      expect(brierCalibrated).toBeLessThan(brierRaw)
      const late = await listCustomers(house, { find: '', sort: 'risk', limit: 200 })
      expect(late.total).toBeGreaterThan(200)
      expect(late.items.every(({ usualDays, silentDays }) => silentDays! > usualDays!)).toBe(true)
    } finally {
      await house.close()
    }
  },
)
