import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import { type Chance, chanceFrom } from '../chance.ts'
import { type Festivals, festivalsBetween } from './calendar.ts'
import { type Habit, habitOf, visitsOf } from './habits.ts'
import { type Person, somebody, waysToReach } from './names.ts'
import { type Order, orderOn, type Refund, refundOf, type Taste, tasteOf } from './orders.ts'
import { type Tea, teas } from './teas.ts'

export interface Customer {
  readonly number: number
  readonly person: Person
  readonly phone?: string
  readonly email?: string
  /** `1984-03-08`, or `--03-08` where only the day is known. */
  readonly birthday?: string
  readonly shop: string
  readonly habit: Habit
  readonly taste: Taste
  /** Has been for the last time, though nobody has told the shop. */
  readonly hasLeft: boolean
}

export interface TeaShop {
  readonly name: string
  readonly products: readonly Tea[]
  readonly customers: readonly Customer[]
  /** Oldest first. */
  readonly orders: readonly Order[]
  readonly refunds: readonly Refund[]
  /** The further orders of somebody whom a call brought back on that day. */
  comeback(customer: Customer, on: Day): Order[]
}

const shops = ['文殊院店 Wenshu Temple', '宽窄巷子店 Kuanzhai Alley', '锦里店 Jinli Street'] as const
const openedDaysAgo = 915
const seed = 20_240_601

/**
 * Qinghe Tea 清和茶铺: three shops in Chengdu, some 1,200 customers, two and a half years that end today. Pure: the same
 * last day gives the same customers with the same cups of tea, and nothing here is about anybody who lives.
 */
export function teaShop(until: Day, size = 1200): TeaShop {
  const opened = addDays(until, -openedDaysAgo)
  const festivals = festivalsBetween(addDays(opened, -40), addDays(until, 400))
  const chance = chanceFrom(seed)
  const customers: Customer[] = []
  const tickets: Ticket[] = []
  const count = { orders: 0 }
  for (let number = 1; number <= size; number++) {
    // Each customer has dice of their own, so that a change in one life leaves the others as they were.
    const own = chanceFrom(seed + number * 7919)
    const first = addDays(opened, joinedAfter(chance))
    const habit = habitOf(own)
    const visits = visitsOf(habit, first, until, festivals, own)
    const customer: Customer = { ...profile(number, own), habit, taste: tasteOf(own), hasLeft: visits.hasLeft }
    customers.push(customer)
    for (const day of visits.days) {
      const order = orderOn(day, number, '', customer.taste, festivals, own)
      const back = addDays(day, own.whole(1, 9))
      const isReturned = own.happens(0.013) && back <= until
      tickets.push({ order, ...(isReturned && { refund: refundOf(order, back, own) }) })
    }
  }
  return {
    name: '清和茶铺 Qinghe Tea',
    products: teas,
    customers,
    ...numbered(tickets, count),
    comeback: (customer, on) => comeback(customer, on, { until, festivals, count }),
  }
}

/** A third were there in the first weeks; the rest found the shop little by little, more of them lately. */
function joinedAfter(chance: Chance): number {
  return chance.happens(0.3) ? chance.whole(0, 45) : Math.floor(Math.sqrt(chance.uniform()) * (openedDaysAgo - 20))
}

function profile(number: number, chance: Chance): Omit<Customer, 'habit' | 'taste' | 'hasLeft'> {
  const person = somebody(chance)
  const monthDay = addDays('2023-01-01', chance.whole(0, 364)).slice(5)
  const year = chance.weighted([1958, 1968, 1978, 1988, 1996], each => (each === 1988 ? 3 : 2)) + chance.whole(0, 9)
  const birthday = chance.happens(0.45) ? `${year}-${monthDay}` : chance.happens(0.2) ? `--${monthDay}` : undefined
  return {
    number,
    person,
    ...waysToReach(person, number, chance),
    ...(birthday && { birthday }),
    shop: chance.weighted(shops, shop => (shop === shops[0] ? 5 : 3)),
  }
}

/** An order with what came back of it. */
interface Ticket {
  readonly order: Order
  readonly refund?: Refund
}

/** Orders are numbered in the order in which the tills rang, which is known only when all lives are told. */
function numbered(tickets: readonly Ticket[], count: { orders: number }): { orders: Order[]; refunds: Refund[] } {
  const orders: Order[] = []
  const refunds: Refund[] = []
  for (const { order, refund } of tickets.toSorted((left, right) => timeOf(left) - timeOf(right))) {
    const orderRef = nextRef(count)
    orders.push({ ...order, orderRef })
    if (refund) refunds.push({ ...refund, orderRef: `${orderRef}-R`, of: orderRef })
  }
  return { orders, refunds }
}

const timeOf = ({ order }: Ticket) => order.occurredAt.getTime()
const nextRef = (count: { orders: number }) => `QH${String(++count.orders).padStart(6, '0')}`

function comeback(
  customer: Customer,
  on: Day,
  world: { readonly until: Day; readonly festivals: Festivals; readonly count: { orders: number } },
): Order[] {
  const own = chanceFrom(seed + customer.number * 7919 + dayNumber(on))
  // Whoever was won back once leaves a little less easily.
  const habit = { ...customer.habit, leaves: customer.habit.leaves * 0.7 }
  return visitsOf(habit, on, world.until, world.festivals, own).days.map(day =>
    orderOn(day, customer.number, nextRef(world.count), customer.taste, world.festivals, own),
  )
}
