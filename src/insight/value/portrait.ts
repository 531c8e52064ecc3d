import { readSituation } from '#insight/rhythm/index.ts'
import { dayNumber } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { seeded } from '#statistics/index.ts'
import { termsOf } from './apply.ts'
import { type Base, baseOf } from './base.ts'
import { tenthOf } from './concentration.ts'
import { seedOf } from './draws.ts'
import { standingOn } from './history.ts'
import { customerInterval } from './intervals.ts'
import { defaultMarginShare, marginsOf } from './margins.ts'
import { learnedFrom, stampOf, testedTenth } from './model.ts'
import { historiesOf } from './money-log.ts'
import { readSettings } from './settings.ts'
import { currentModel, currentSnapshot } from './store.ts'
import { worthOf } from './worth.ts'

/** What one customer is worth as of the reading day, computed from the log at the moment of asking. */
export async function customerValue(house: House, partyId: string) {
  const situation = await readSituation(house)
  const { asOfOn, history: isHistory, currency } = situation
  const [party] = await house.database.query('select 1 from parties.party where party_id = $1', [partyId])
  if (!party) throw refuse('not-found', 'value:refusal.unknown-customer')
  const answer = { partyId, reading: { asOfOn, history: isHistory }, currency }
  const [history] = await historiesOf(house.database, [partyId], situation)
  const standing = history && standingOn(history, dayNumber(asOfOn))
  if (!standing) return { ...answer, state: 'none' as const, value: null }
  const model = await currentModel(house)
  if (!model) return { ...answer, state: 'no-model' as const, value: null }
  const settings = await readSettings(house)
  const base = baseOf([{ partyId, ...standing }])
  const marginOf = await marginsOf(house.database, [partyId], settings)
  const worth = worthOf(learnedFrom(model), base, termsOf(settings, base, marginOf))
  const snapshot = await currentSnapshot(house.database)
  const tenth = snapshot ? tenthOf(snapshot.findings.deciles, worth.worthMinor[0]!) : null
  const interval = (what: 'year' | 'lifetime', amountMinor: number) =>
    customerInterval(model, onlyCustomerOf(base), {
      what,
      amountMinor,
      chance: seeded(seedOf(`${partyId} ${model.fitNo} ${what}`)),
    })
  return {
    ...answer,
    state: 'ready' as const,
    value: {
      year: interval('year', worth.yearMinor[0]!),
      lifetime: worth.lifetimeMinor && interval('lifetime', worth.lifetimeMinor[0]!),
      lifetimeState: model.lifetime,
      inputs: {
        purchases: standing.purchaseDays,
        meanMinor: Math.round(base.meanMinor[0]!),
        spendMinor: worth.spendMinor[0]!,
        expectedPurchases: worth.expectedPurchases[0]!,
        alive: worth.alive?.[0] ?? null,
        marginShare: marginOf(partyId),
        isMarginAssumed: settings.marginShare === null && marginOf(partyId) === defaultMarginShare(settings),
        annualDiscountShare: settings.annualDiscountShare,
        correction: model.correction,
      },
      tenth,
      tested: testedTenth(model.holdout, tenth),
      stamp: stampOf(model),
    },
  }
}

/** The one row of a base of one, as the intervals ask for it. */
function onlyCustomerOf({ columns, purchaseDays, meanMinor }: Base) {
  const { purchases, recency, observed, logGapSum } = columns
  return {
    history: {
      purchases: purchases[0]!,
      recency: recency[0]!,
      observed: observed[0]!,
      logGapSum: logGapSum[0]!,
    },
    past: { purchaseDays: purchaseDays[0]!, meanMinor: meanMinor[0]! },
  }
}
