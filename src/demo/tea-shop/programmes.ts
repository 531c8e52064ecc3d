import { type PromiseTerms, readyPromises } from '#financial/guarantee/index.ts'
import { type Day, startOfDay } from '#kernel/clock/index.ts'
import { shopZone } from './orders.ts'

/** The shops, and the bakery next door that takes their points. */
export const merchants = [
  { merchantId: 'wenshu', name: '文殊院店 Wenshu Temple' },
  { merchantId: 'kuanzhai', name: '宽窄巷子店 Kuanzhai Alley' },
  { merchantId: 'jinli', name: '锦里店 Jinli Street' },
  { merchantId: 'bakery', name: '隔壁面包房 Bakery next door' },
] as const

/** The id of a shop by the name it has in a customer's profile. */
export function merchantOf(shop: string): string {
  return merchants.find(({ name }) => name === shop)!.merchantId
}

/** What the shop promises for parcels: there within 48 hours, or 20 yuan. */
export function parcelPromise(): PromiseTerms {
  const [delivery] = readyPromises('CNY', 100)
  return {
    ...delivery!,
    judged: {
      kind: 'timed',
      start: { kind: 'client.tracked', name: 'Order Shipped', reference: 'order_id', where: null },
      stop: { kind: 'client.tracked', name: 'Order Delivered', reference: 'order_id', where: null },
      void: null,
      clock: { kind: 'elapsed', minutes: 48 * 60 },
    },
    budgetPerMonthMinor: 60_000,
  }
}

const plain = {
  tierPrices: [],
  merchants: [] as string[],
  fromOn: null,
  untilOn: null,
  perMember: null,
  stock: null as number | null,
  validDays: 60,
}

/** The catalogue of rewards: a cup, a loaf at the bakery, a cup for two to keep, and an afternoon that regulars pay less for. */
export const rewards = [
  {
    ...plain,
    icon: 'leaf' as const,
    name: { en: 'A cup of the day', 'zh-CN': '当日好茶一杯' },
    description: { en: 'Whatever is freshest today.', 'zh-CN': '当天最新鲜的那一款。' },
    price: 200,
  },
  {
    ...plain,
    icon: 'meal' as const,
    name: { en: 'A loaf from next door', 'zh-CN': '隔壁面包一条' },
    description: { en: 'Still warm before eleven.', 'zh-CN': '上午十一点前取，还是热的。' },
    price: 300,
    merchants: ['bakery'],
  },
  {
    ...plain,
    icon: 'gift' as const,
    name: { en: 'Two celadon cups', 'zh-CN': '青瓷对杯' },
    description: { en: 'Thrown by Master Ye in Longquan.', 'zh-CN': '龙泉叶师傅手作。' },
    price: 2400,
    stock: 36,
    perMember: 1,
  },
  {
    ...plain,
    icon: 'ticket' as const,
    name: { en: 'An afternoon of tasting', 'zh-CN': '品茶下午场' },
    description: { en: 'Five teas, six guests, two hours.', 'zh-CN': '五款茶，六位客人，两个小时。' },
    price: 1500,
    tierPrices: [
      { tierId: 'leaf-and-bud', price: 1200 },
      { tierId: 'bud', price: 900 },
    ],
    stock: 24,
  },
]

/** A draw among those who bought in these days. */
export function drawOf(name: string, prizes: readonly [string, string], days: { opensOn: Day; closesOn: Day }) {
  return {
    name,
    terms: '',
    prizes: [
      { prizeId: 'first', kind: 'thing' as const, name: prizes[0], count: 1 },
      { prizeId: 'second', kind: 'points' as const, name: prizes[1], count: 5, points: 300, usableDays: 180 },
    ],
    rules: [{ kind: 'purchase' as const, atLeastMinor: 5000, tickets: 1 }],
    currency: 'CNY',
    mostTickets: 10,
    opensAt: startOfDay(days.opensOn, shopZone).toISOString(),
    closesAt: startOfDay(days.closesOn, shopZone).toISOString(),
    claimDays: 30,
    publicValueName: null,
  }
}
