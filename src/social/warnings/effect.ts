import { readSituation } from '#insight/rhythm/index.ts'
import type { Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { differenceOfProportions, wilsonInterval } from '#statistics/index.ts'
import { readSettings } from './settings.ts'
import { type Arm, enough, isEnough, type Returned, returnedInTime } from './warnings.ts'

interface Selected {
  readonly heldOut: boolean
  readonly selectedOn: Day
  readonly returnedOn: Day | null
  readonly horizonDays: number
  readonly noPurchase: number | null
}

/**
 * What contacting changed: the share that returned within the horizon among those selected for contact, against those
 * selected and held out. Selected, not reached: whom we meant to call counts as called, because reaching somebody is not
 * left to chance (intention to treat). Newcombe's interval, 95 %.
 */
export async function warningsEffect(house: House) {
  const { asOfOn } = await readSituation(house)
  const { horizonDays } = await readSettings(house)
  const selected = await house.database.query<Selected>(
    `select held_out as "heldOut", selected_on as "selectedOn", returned_on as "returnedOn",
       horizon_days as "horizonDays", no_purchase as "noPurchase" from warnings.alert where selected_on is not null`,
  )
  const judged = selected.map(alert => ({ ...alert, returned: returnedInTime(alert, asOfOn) }))
  const contacted = armOf(judged.filter(alert => !alert.heldOut))
  const heldOut = armOf(judged.filter(alert => alert.heldOut))
  const isKnown = isEnough(contacted, heldOut)
  return {
    horizonDays,
    contacted,
    heldOut,
    open: judged.filter(alert => alert.returned === 'open').length,
    state: isKnown ? ('enough' as const) : ('not-enough' as const),
    customersNeeded: enough.customers,
    eventsNeeded: enough.returned,
    difference: isKnown ? differenceOf(contacted, heldOut) : null,
    falseAlarms: await falseAlarms(house),
    calibration: calibrationOf(judged.filter(alert => alert.heldOut)),
  }
}

function armOf(alerts: readonly { readonly returned: Returned }[]): Arm {
  const returned = alerts.filter(alert => alert.returned === 'in-time').length
  return { customers: returned + alerts.filter(alert => alert.returned === 'not-in-time').length, returned }
}

function differenceOf(contacted: Arm, heldOut: Arm) {
  const level = 0.95
  const count = (arm: Arm) => ({ successes: arm.returned, n: arm.customers })
  const { estimate, low, high } = differenceOfProportions(count(contacted), count(heldOut), level)
  return { estimate, from: low, to: high, level }
}

/** Of the contacts that a person closed, those that were called a wrong alarm. */
async function falseAlarms(house: House) {
  const [row] = await house.database.query<{ closed: number; wrong: number }>(
    `select count(*) as closed, count(*) filter (where outcome = 'wrong-alarm') as wrong
     from warnings.alert where state = 'closed' and closed_by = 'person'`,
  )
  const { closed, wrong } = row!
  if (closed === 0) return { closed, wrong, rate: null, from: null, to: null }
  const { estimate, low, high } = wilsonInterval(wrong, closed)
  return { closed, wrong, rate: estimate, from: low, to: high }
}

const bins = 5

/** What was forecast of the held-out, whom nobody contacted, and what they did. */
function calibrationOf(heldOut: readonly (Selected & { readonly returned: Returned })[]) {
  const judged = heldOut.filter(alert => alert.noPurchase !== null && /time$/.test(alert.returned))
  return Array.from({ length: bins }, (_, bin) => {
    const members = judged.filter(alert => Math.min(bins - 1, Math.floor(alert.noPurchase! * bins)) === bin)
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      customers: members.length,
      predicted: members.reduce((sum, alert) => sum + alert.noPurchase!, 0) / Math.max(1, members.length),
      silent: members.filter(alert => alert.returned === 'not-in-time').length,
    }
  }).filter(bin => bin.customers > 0)
}
