import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { isLate, typeOf } from './customer-type.ts'
import { readCycleRules } from './cycles.ts'
import type { DueDays } from './due-days.ts'
import { emptyState } from './fold.ts'
import { forecastOf, silentDaysOf, spendPerYearMinor } from './forecast.ts'
import { purchaseDaysOf } from './purchase-days.ts'
import { situationOf } from './reading.ts'
import { currentModel, readStates } from './store.ts'

const longestStrip = 40
const shortStrip = 12

const noDays: DueDays = { lateOn: null, dormantOn: null, lostOn: null }

/** Everything that can be said of one customer's rhythm, each number beside what it was computed from. */
export async function rhythmOf(house: House, partyId: string) {
  const situation = await situationOf(house)
  const { asOfOn, history, horizonDays, zone, currency } = situation
  const known = (await readStates(house.database, [partyId])).get(partyId)
  const [party] = known
    ? [known]
    : await house.database.query('select from parties.party where party_id = $1', [partyId])
  if (!party) throw refuse('not-found', 'rhythm:refusal.unknown-customer')
  const state = known?.state ?? emptyState
  const days = known?.days ?? noDays
  const model = await currentModel(house)
  const forecast = model ? forecastOf(model, state, asOfOn, horizonDays) : undefined
  const strip = (await purchaseDaysOf(house.database, [partyId], zone)).get(partyId) ?? []
  return {
    partyId,
    type: typeOf({ ...days, purchaseDays: state.purchaseDays }, asOfOn),
    reading: { asOfOn, history },
    history: historyWord(state.purchaseDays, forecast !== undefined, model !== null),
    purchases: state.purchaseDays,
    days: strip.slice(-longestStrip),
    firstOn: state.firstOn,
    lastOn: state.lastOn,
    usualDays: forecast?.usualDays ?? null,
    ownMeanDays: forecast?.ownMeanDays ?? null,
    silentDays: silentDaysOf(state, asOfOn),
    window: forecast?.window ?? null,
    lateFromOn: days.lateOn,
    dormantFromOn: days.dormantOn,
    lostFromOn: days.lostOn,
    late: isLate(days, asOfOn),
    stillCustomer: {
      state: !forecast || model?.kind === 'prior' ? 'not-enough-history' : stillState(forecast.stillCustomer),
      value: forecast?.stillCustomer ?? null,
    } as const,
    noPurchase: forecast ? { horizonDays, ...forecast.noPurchase } : null,
    spend: {
      totalMinor: state.spendMinor,
      refundMinor: state.refundMinor,
      perPurchaseMinor:
        state.purchaseDays > 0 ? Math.round((state.spendMinor - state.refundMinor) / state.purchaseDays) : 0,
      perYearMinor: forecast ? spendPerYearMinor(state, forecast.usualDays) : 0,
      currency,
    },
    cycles: await cyclesOf(house, partyId, asOfOn),
    model: model && { fittedAt: model.fittedAt.toISOString(), customers: model.customers, asOfOn: model.asOfOn },
  }
}

function stillState(value: number | null): 'known' | 'not-identified' {
  return value === null ? 'not-identified' : 'known'
}

function historyWord(
  purchaseDays: number,
  isForecast: boolean,
  isModel: boolean,
): 'none' | 'enough' | 'too-short' | 'no-model' {
  if (purchaseDays === 0) return 'none'
  if (isForecast) return 'enough'
  return isModel || purchaseDays < 3 ? 'too-short' : 'no-model'
}

async function cyclesOf(house: House, partyId: string, asOfOn: string) {
  const rules = await readCycleRules(house.database)
  if (rules.length === 0) return []
  const rows = await house.database.query<{ rule_id: string; last_on: string; due_on: string }>(
    'select rule_id, last_on, due_on from rhythm.cycle_due where party_id = $1 order by due_on',
    [partyId],
  )
  return rows.flatMap(row => {
    const rule = rules.find(candidate => candidate.ruleId === row.rule_id)
    if (!rule) return []
    const { ruleId, name, days } = rule
    return [{ ruleId, name, days, lastOn: row.last_on, dueOn: row.due_on, passed: row.due_on <= asOfOn }]
  })
}

/** Small strips for a list of customers: two reads whatever the length of the list. */
export async function stripsOf(house: House, partyIds: readonly string[]) {
  const { asOfOn, history, horizonDays, zone } = await situationOf(house)
  const states = await readStates(house.database, partyIds)
  const days = await purchaseDaysOf(house.database, partyIds, zone)
  const model = await currentModel(house)
  return {
    reading: { asOfOn, history },
    items: partyIds.map(partyId => {
      const known = states.get(partyId)
      const forecast = model && known ? forecastOf(model, known.state, asOfOn, horizonDays) : undefined
      return {
        partyId,
        days: (days.get(partyId) ?? []).slice(-shortStrip),
        window: forecast?.window ?? null,
        late: known ? isLate(known.days, asOfOn) : false,
      }
    }),
  }
}
