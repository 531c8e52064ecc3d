import { expect, test } from 'vitest'
import { readOnlineRetail } from '../../../bench/rhythm-datasets.ts'
import { baseOf } from './base.ts'
import { bridgeOf } from './bridge.ts'
import { valueSettings } from './contract.ts'
import { findingsOf } from './findings.ts'
import type { MoneyHistory } from './history.ts'
import { learn, membersOn } from './learn.ts'
import { learnedFrom } from './model.ts'
import { sum, worthOf, yearDays } from './worth.ts'

const log = readOnlineRetail()
if (!log) console.log('skipped: Online Retail II is not in ../shared/data (or GUANXI_SHARED_DATA)')

test.skipIf(!log)('two years of a real shop: chosen on a hidden part of the past, valued, bridged', async () => {
  const histories = [...log!].map(
    ([partyId, days]): MoneyHistory => ({
      partyId,
      boughtOn: days.map(day => day.day),
      boughtMinor: days.map(day => Math.round(day.value * 100)),
      refundedOn: [],
      refundedMinor: [],
    }),
  )
  const on = Math.max(...histories.map(history => history.boughtOn.at(-1)!))
  const learned = learn(histories, on)!
  const model = { ...learned, fitNo: 1, fittedAt: new Date(0) }

  // 246 days were hidden; nothing that the models were told reaches beyond 7 April 2011.
  expect(model.holdout).toMatchObject({ cutoffOn: '2011-04-07', horizonDays: 246 })
  const { predictedMinor, actualMinor, deciles } = model.holdout!
  expect(predictedMinor / actualMinor).toBeGreaterThan(0.8)
  expect(predictedMinor / actualMinor).toBeLessThan(1.25)
  // SCIENCE 1.4: the top predicted decile of this shop brings about .64 of the revenue.
  expect(deciles[0]!.actualMinor / actualMinor).toBeGreaterThan(0.58)
  expect(model.correction).toBe(1)
  const chosen = model.candidates.find(candidate => candidate.model === model.model)!
  expect(chosen.meanAbsoluteError).toBe(Math.min(...model.candidates.map(each => each.meanAbsoluteError)))

  const settings = valueSettings.parse({ marginShare: 0.25 })
  const terms = { annualDiscountShare: settings.annualDiscountShare, marginShare: 0.25 }
  const base = baseOf(membersOn(histories, on))
  const worth = worthOf(learnedFrom(model), base, terms)
  expect(base.partyIds).toHaveLength(5878)
  // Net of margin and discount, the coming year resembles the last one (£8.4m less goods, less whom it will not keep).
  expect(sum(worth.yearMinor)).toBeGreaterThan(0.25 * 0.4 * 840_000_000)
  expect(sum(worth.yearMinor)).toBeLessThan(0.25 * 1.2 * 840_000_000)

  const start = worthOf(learnedFrom(model), baseOf(membersOn(histories, on - yearDays)), terms)
  const startIds = membersOn(histories, on - yearDays).map(member => member.partyId)
  const startOf = new Map(startIds.map((partyId, row) => [partyId, start.worthMinor[row]!]))
  const bridge = bridgeOf(
    '2010-12-09',
    '2011-12-09',
    histories.map((history, row) => ({
      startMinor: startOf.get(history.partyId) ?? null,
      endMinor: worth.worthMinor[row]!,
      boughtBetween: history.boughtOn.at(-1)! > on - yearDays,
    })),
  )
  const { grown, shrunk, lost } = bridge
  expect(
    bridge.start.amountMinor + bridge.new.amountMinor + grown.amountMinor - shrunk.amountMinor - lost.amountMinor,
  ).toBe(sum(worth.worthMinor))
  expect(bridge.new.customers).toBeGreaterThan(1000)
  expect(lost.customers).toBeGreaterThan(200)

  const findings = await findingsOf(model, {
    panelBase: base,
    marginOf: () => 0.25,
    settings,
    totals: {
      customers: base.partyIds.length,
      equityMinor: sum(worth.worthMinor),
      yearMinor: sum(worth.yearMinor),
      grossMinor: worth.grossMinor,
      newCustomersInYear: bridge.new.customers,
      present: { customers: 1, worthMinor: 1 },
    },
    deciles: [],
  })
  expect(findings.year.lowMinor / findings.year.amountMinor).toBeGreaterThan(0.6)
  expect(findings.year.highMinor / findings.year.amountMinor).toBeLessThan(1.5)
})
