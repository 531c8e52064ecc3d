import { marginsOf, readValueSettings } from '#insight/value/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { enough, isEnough, liftOf, paybackMonths, type Side, verdictOf } from './compare.ts'
import type { MeasuredEffect } from './contract.ts'
import { type Observed, observe, readTreatments, type StoredTreatment } from './store.ts'

const dayMs = 86_400_000
/** What is called lately when it is asked whether something still earns its cost. */
const recentDays = 182

/** What each act changed, as far as can be told now; acts in the order of when they began. */
export async function measureEffects(house: House): Promise<MeasuredEffect[]> {
  const { zone, currency } = await house.settings.business()
  const settings = await readValueSettings(house)
  const items: MeasuredEffect[] = []
  for (const treatment of await readTreatments(house.database)) {
    const observed = await observe(house.database, treatment, currency)
    const marginOf = await marginsOf(
      house.database,
      observed.map(each => each.partyId),
      settings,
    )
    const customers = observed.map(each => withMargin(each, marginOf(each.partyId)))
    items.push(effectOf(treatment, customers, { now: house.clock.now().getTime(), zone }))
  }
  return items
}

interface Customer extends Observed {
  readonly marginMinor: number
  readonly marginBeforeMinor: number
}

function withMargin(observed: Observed, share: number): Customer {
  return {
    ...observed,
    marginMinor: observed.spentMinor * share,
    marginBeforeMinor: observed.spentBeforeMinor * share,
  }
}

/** Pure: what these customers say of an act, as of an instant. Only those are judged whose whole horizon is over. */
export function effectOf(
  treatment: StoredTreatment,
  customers: readonly Customer[],
  { now, zone }: { readonly now: number; readonly zone: string },
): MeasuredEffect {
  const horizonMs = treatment.horizonDays * dayMs
  const judged = customers.filter(customer => customer.assignedAt.getTime() + horizonMs <= now)
  const boundary = now - horizonMs - recentDays * dayMs
  const lately = judged.filter(customer => customer.assignedAt.getTime() > boundary)
  const before = judged.filter(customer => customer.assignedAt.getTime() <= boundary)
  const gross = compared(judged, customer => customer.marginMinor)
  const net = compared(judged, netOf)
  const recent = compared(lately, netOf)
  const earlier = compared(before, netOf)
  const treated = customers.filter(customer => !customer.isHeldOut)
  const judgedTreated = judged.filter(customer => !customer.isHeldOut)
  const costMinor = treated.reduce((sum, customer) => sum + customer.costMinor, 0)
  const costPerCustomerMinor = mean(judgedTreated.map(customer => customer.costMinor))
  const heldOutCustomers = customers.length - treated.length
  const verdict = verdictOf({
    heldOutCustomers,
    net,
    earlier: recent && earlier,
    recent: earlier && recent,
  })
  const times = customers.map(customer => customer.assignedAt.getTime())
  const on = (at: number) => localDay(new Date(at), zone)
  return {
    programme: treatment.programme,
    treatment: treatment.treatment,
    name: treatment.name,
    horizonDays: treatment.horizonDays,
    heldOutShare: treatment.heldOutShare,
    firstOn: on(times.reduce((least, at) => Math.min(least, at), now)),
    lastOn: on(times.reduce((most, at) => Math.max(most, at), 0) || now),
    treatedCustomers: treated.length,
    heldOutCustomers,
    open: customers.length - judged.length,
    treated: armOf(judgedTreated),
    heldOut: armOf(judged.filter(customer => customer.isHeldOut)),
    costMinor: Math.round(costMinor),
    costPerCustomerMinor,
    state: heldOutCustomers === 0 ? 'no-control' : net ? 'enough' : 'not-enough',
    customersNeeded: enough.customers,
    buyersNeeded: enough.buyers,
    margin: gross && shown(gross),
    net: net && shown(net),
    recentNet: earlier && recent && shown(recent),
    totalNetMinor: net && net.estimateMinor * judgedTreated.length,
    paybackMonths:
      gross && gross.lowMinor > 0
        ? paybackMonths(costPerCustomerMinor, gross.estimateMinor, treatment.horizonDays)
        : null,
    varianceReduction: net?.varianceReduction ?? null,
    verdict,
  }
}

const netOf = (customer: Customer) => customer.marginMinor - customer.costMinor

function compared(customers: readonly Customer[], outcome: (customer: Customer) => number) {
  const side = (isHeldOut: boolean): Side => {
    const of = customers.filter(customer => customer.isHeldOut === isHeldOut)
    return {
      outcomes: of.map(outcome),
      before: of.map(customer => customer.marginBeforeMinor),
      bought: of.filter(customer => customer.purchases > 0).length,
    }
  }
  const [treated, heldOut] = [side(false), side(true)]
  return isEnough(treated, heldOut) ? liftOf(treated, heldOut) : null
}

function shown({ varianceReduction: _, ...lift }: ReturnType<typeof liftOf>) {
  return lift
}

function armOf(customers: readonly Customer[]) {
  return {
    customers: customers.length,
    bought: customers.filter(customer => customer.purchases > 0).length,
    marginMinor: mean(customers.map(customer => customer.marginMinor)),
    marginBeforeMinor: mean(customers.map(customer => customer.marginBeforeMinor)),
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
