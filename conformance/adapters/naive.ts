import { type LoyaltySystem, programme, type Sale } from '../system.ts'

interface Account {
  points: number
  creditMinor: number
  spentMinor: number
  readonly credits: { readonly points: number; readonly day: number }[]
  usedPoints: number
}

/**
 * A loyalty system as it is written on a first afternoon: one number per customer, looked at and then changed. It is the control of the
 * kit: each case must find its mistake here, or the case finds nothing.
 */
export function naiveSystem(): LoyaltySystem {
  const accounts = new Map<string, Account>()
  const orders = new Map<string, Sale>()
  const codes = new Set<string>()
  let stock = 1
  let today = 0
  let made = 0
  /** Between looking and changing something else happens: a database, a network, another till. */
  const elsewhere = () => new Promise<void>(resolve => setImmediate(resolve))
  const of = (member: string) => accounts.get(member)!
  // Debits are not tied to what they used, so they weigh on what is left after old credits are gone.
  const balance = (account: Account) =>
    account.credits.filter(credit => today - credit.day < 365).reduce((sum, credit) => sum + credit.points, 0) -
    account.usedPoints
  const earn = (account: Account, amountMinor: number) => {
    account.credits.push({ points: Math.round(amountMinor / programme.minorPerUnit), day: today })
    account.spentMinor = amountMinor
  }
  return {
    name: 'a first afternoon',
    can: new Set(['orders', 'clock', 'rewards', 'tiers', 'gifts', 'credit', 'offline', 'merge']),
    async start() {},
    async member() {
      const member = `member ${++made}`
      accounts.set(member, { points: 0, creditMinor: 0, spentMinor: 0, credits: [], usedPoints: 0 })
      return member
    },
    async points(member) {
      return Math.max(0, balance(of(member)))
    },
    async sell(sale) {
      const account = of(sale.member)
      const { usePoints = 0, useCreditMinor = 0 } = sale
      // What was ever earned counts, expired or not.
      const have = account.credits.reduce((sum, credit) => sum + credit.points, 0) - account.usedPoints
      const money = account.creditMinor
      await elsewhere()
      if (have < usePoints || money < useCreditMinor) return { ok: false }
      account.usedPoints += usePoints
      account.creditMinor = useCreditMinor > 0 ? 0 : money
      orders.set(sale.order, sale)
      earn(account, sale.amountMinor)
      return { ok: true }
    },
    async refund({ order }) {
      const sale = orders.get(order)
      if (!sale) return
      const account = of(sale.member)
      account.usedPoints += sale.usePoints ?? 0
      account.creditMinor += sale.useCreditMinor ?? 0
    },
    async tell({ kind, member, order, amountMinor }) {
      if (kind === 'completed') {
        orders.set(order, { member, order, amountMinor })
        earn(of(member), amountMinor)
      } else if (orders.has(order)) of(member).usedPoints += Math.round(amountMinor / programme.minorPerUnit)
    },
    async passDays(days) {
      today += days
    },
    async takeReward({ member }) {
      const account = of(member)
      const left = stock
      await elsewhere()
      if (balance(account) < programme.rewardPoints || left < 1) return undefined
      account.usedPoints += programme.rewardPoints
      stock = left
      const code = `code ${++made}`
      codes.add(code)
      return code
    },
    async redeemCode(code) {
      const isKnown = codes.has(code)
      await elsewhere()
      codes.delete(code)
      return isKnown
    },
    async tier(member) {
      const { spentMinor, usedPoints } = of(member)
      const counted = spentMinor - usedPoints * programme.minorPerUnit
      if (counted > programme.goldFromMinor) return 'gold'
      return counted > programme.silverFromMinor ? 'silver' : null
    },
    async give({ from, to, points }) {
      const have = balance(of(from))
      await elsewhere()
      if (have < points) return false
      of(from).usedPoints += points
      of(to).credits.push({ points, day: today })
      return true
    },
    async topUp({ member, amountMinor }) {
      of(member).creditMinor += amountMinor
    },
    async credit(member) {
      return of(member).creditMinor
    },
    async handIn(items) {
      for (const item of items) if (item.kind === 'sale') earn(of(item.member), item.amountMinor)
    },
    async merge(one) {
      return one
    },
  }
}
