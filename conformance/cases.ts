import type { Capability, LoyaltySystem } from './system.ts'

/** A mistake that loyalty systems were seen to make, told so that any system can be asked for it. */
export interface Case {
  readonly id: string
  /** What must hold. */
  readonly rule: string
  /** Where somebody reported the mistake, or where the ground for the rule is stated. */
  readonly evidence: readonly string[]
  readonly needs: readonly Capability[]
  run(system: Asked): Promise<void>
}

/** A system whose every capability may be used: the runner gives a case only what it needs. */
export type Asked = Required<Omit<LoyaltySystem, 'name' | 'can' | 'start'>>

/** What was found instead of what must hold. */
export class Broken extends Error {}

function expect<T>(found: T, wanted: T, what: string): void {
  if (found !== wanted) throw new Broken(`${what}: ${String(wanted)} expected, ${String(found)} found`)
}

let made = 0
const name = (what: string) => `${what}-${Date.now().toString(36)}-${++made}`
const units = (amount: number) => Math.round(amount * 100)

async function memberWith(system: Asked, points: number): Promise<string> {
  const member = await system.member()
  await system.sell({ member, order: name('order'), amountMinor: units(points) })
  expect(await system.points(member), points, 'points after a purchase')
  return member
}

const atOnce = <T>(count: number, act: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

export const cases: readonly Case[] = [
  {
    id: 'refund-takes-points-back',
    rule: 'what a purchase earned goes back when it is refunded',
    evidence: ['https://github.com/frappe/erpnext/issues/32951', 'https://github.com/odoo/odoo/pull/257854'],
    needs: [],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(80) })
      await system.refund({ order })
      expect(await system.points(member), 0, 'points after the refund')
    },
  },
  {
    id: 'partial-refunds-take-their-share',
    rule: 'many partial refunds take back exactly what one would, no more and no less',
    evidence: ['https://github.com/PrestaShop/loyalty/pull/23', 'https://github.com/odoo/odoo/pull/238806'],
    needs: [],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(95) })
      for (let part = 0; part < 9; part++) await system.refund({ order, amountMinor: 1055 })
      expect(await system.points(member), 1, 'points after 94.95 of 95 were refunded in nine parts')
      await system.refund({ order, amountMinor: 5 })
      expect(await system.points(member), 0, 'points after the last 0.05')
    },
  },
  {
    id: 'refund-does-not-charge-again',
    rule: 'refunding a purchase that was paid with points gives them back and never takes them again',
    evidence: ['https://github.com/odoo/odoo/pull/212922', 'https://github.com/mollie/magento2/issues/928'],
    needs: [],
    async run(system) {
      const member = await memberWith(system, 100)
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(1), usePoints: 100 })
      expect(await system.points(member), 0, 'points after they were used')
      await system.refund({ order })
      expect(await system.points(member), 100, 'points after the refund')
    },
  },
  {
    id: 'partial-refund-returns-points-once',
    rule: 'partial refunds of a purchase paid with points return them in proportion, in all never more than were used',
    evidence: ['https://github.com/odoo/odoo/pull/221928', 'https://github.com/solidusio/solidus/pull/3989'],
    needs: [],
    async run(system) {
      const member = await memberWith(system, 100)
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(1), usePoints: 100 })
      await system.refund({ order, amountMinor: 50 })
      expect(await system.points(member), 50, 'points after half was refunded')
      await system.refund({ order })
      expect(await system.points(member), 100, 'points after the rest was refunded')
    },
  },
  {
    id: 'clawback-below-zero-is-remembered',
    rule: 'points that were used before their purchase was refunded are owed, and the next ones pay for them',
    evidence: ['https://github.com/elizaOS/eliza/pull/10938', 'https://github.com/gbbragadev/clipia/issues/28'],
    needs: [],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(100) })
      await system.sell({ member, order: name('order'), amountMinor: units(1), usePoints: 100 })
      await system.refund({ order })
      expect(await system.points(member), 0, 'points after the refund of what they came from')
      await system.sell({ member, order: name('order'), amountMinor: units(130) })
      expect(await system.points(member), 30, 'points after the next purchase paid what was owed')
    },
  },
  {
    id: 'no-points-on-points',
    rule: 'what is paid with points earns none',
    evidence: [
      'https://github.com/odoo/odoo/issues/114004',
      'https://github.com/Repair-DeskPOS/RepairDesk-BUGS-IMPROVEMENTS/issues/1050',
    ],
    needs: [],
    async run(system) {
      const member = await memberWith(system, 1000)
      await system.sell({ member, order: name('order'), amountMinor: units(30), usePoints: 1000 })
      expect(await system.points(member), 20, 'points of 30 paid with 1000 points worth 10')
    },
  },
  {
    id: 'no-points-on-gift-cards',
    rule: 'buying a gift card earns nothing; what is bought with it does',
    evidence: ['https://github.com/Repair-DeskPOS/RepairDesk-BUGS-IMPROVEMENTS/issues/1050'],
    needs: ['orders'],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.tell({
        kind: 'completed',
        member,
        order,
        amountMinor: units(80),
        giftCardMinor: units(50),
        message: name('m'),
      })
      expect(await system.points(member), 30, 'points of 80 of which 50 are a gift card')
    },
  },
  {
    id: 'order-told-twice-earns-once',
    rule: 'an order that is told again, by the same message or another, earns once',
    evidence: [
      'https://github.com/opencart/opencart/issues/2349',
      'https://github.com/wpswings/points-and-rewards-for-woocommerce/issues/104',
      'https://github.com/woocommerce/woocommerce/issues/14957',
    ],
    needs: ['orders'],
    async run(system) {
      const member = await system.member()
      const message = {
        kind: 'completed',
        member,
        order: name('order'),
        amountMinor: units(40),
        message: name('m'),
      } as const
      await system.tell(message)
      await system.tell(message)
      await system.tell({ ...message, message: name('m') })
      expect(await system.points(member), 40, 'points of one order of 40 told three times')
    },
  },
  {
    id: 'refund-before-purchase',
    rule: 'a refund that arrives before its purchase counts all the same',
    evidence: ['https://docs.stripe.com/webhooks#event-ordering'],
    needs: ['orders'],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.tell({ kind: 'refunded', member, order, amountMinor: units(25), message: name('m') })
      await system.tell({ kind: 'completed', member, order, amountMinor: units(100), message: name('m') })
      expect(await system.points(member), 75, 'points of 100 of which 25 were refunded beforehand')
    },
  },
  {
    id: 'cancelled-order-keeps-nothing',
    rule: 'a cancelled order leaves no points behind, and cancelling it twice takes nothing else',
    evidence: [
      'https://github.com/Repair-DeskPOS/RepairDesk-BUGS-IMPROVEMENTS/issues/1517',
      'https://github.com/smartstore/SmartStoreNET/issues/803',
    ],
    needs: ['orders'],
    async run(system) {
      const member = await memberWith(system, 10)
      const order = name('order')
      const message = { member, order, amountMinor: units(60) }
      await system.tell({ ...message, kind: 'completed', message: name('m') })
      await system.tell({ ...message, kind: 'cancelled', message: name('m') })
      await system.tell({ ...message, kind: 'cancelled', message: name('m') })
      expect(await system.points(member), 10, 'points after the order was cancelled twice')
    },
  },
  {
    id: 'points-are-used-once-at-once',
    rule: 'twenty tills that take the same points at the same moment get them once',
    evidence: [
      'https://github.com/medusajs/medusa/pull/16347',
      'https://github.com/opensourcepos/opensourcepos/pull/4640',
      'https://github.com/Kademi/kademi-dev/issues/4631',
    ],
    needs: [],
    async run(system) {
      const member = await memberWith(system, 100)
      const sold = await atOnce(20, () =>
        system.sell({ member, order: name('order'), amountMinor: units(1), usePoints: 100, request: name('r') }),
      )
      expect(sold.filter(each => each.ok).length, 1, 'of twenty that used the same hundred points')
      expect(await system.points(member), 0, 'points left')
    },
  },
  {
    id: 'repeated-request-uses-once',
    rule: 'the same request sent again after a lost answer uses points once',
    evidence: [
      'https://github.com/e-valuation/EvaP/issues/1785',
      'https://github.com/Nova-reward/Nova-Rewards/issues/190',
    ],
    needs: [],
    async run(system) {
      const member = await memberWith(system, 300)
      const sale = { member, order: name('order'), amountMinor: units(1), usePoints: 100, request: name('r') }
      await system.sell(sale)
      await system.sell(sale)
      expect(await system.points(member), 200, 'points after the same request came twice')
    },
  },
  {
    id: 'gift-is-given-once-at-once',
    rule: 'somebody with 100 points cannot give 100 to twenty people at the same moment',
    evidence: ['https://github.com/fushengqian/fuint/issues/71'],
    needs: ['gifts'],
    async run(system) {
      const from = await memberWith(system, 100)
      const others = await atOnce(20, () => system.member())
      const given = await atOnce(20, index =>
        system.give({ from, to: others[index]!, points: 100, request: name('r') }),
      )
      const sum = (await Promise.all(others.map(other => system.points(other)))).reduce(
        (total, points) => total + points,
        0,
      )
      expect(given.filter(Boolean).length, 1, 'of twenty gifts of the same points')
      expect(sum, 100, 'points of all who were to receive them')
    },
  },
  {
    id: 'last-reward-is-taken-once',
    rule: 'the last of a reward goes to one, however many reach for it at the same moment',
    evidence: [
      'https://github.com/linlinjava/litemall/issues/581',
      'https://github.com/Nova-reward/Nova-Rewards/pull/209',
    ],
    needs: ['rewards'],
    async run(system) {
      const members = await Promise.all(Array.from({ length: 16 }, () => memberWith(system, 50)))
      const taken = await atOnce(16, index =>
        system.takeReward({ member: members[index]!, reward: 'last-pot', request: name('r') }),
      )
      expect(taken.filter(code => code !== undefined).length, 1, 'of sixteen who took the last one')
      const left = (await Promise.all(members.map(member => system.points(member)))).filter(points => points === 50)
      expect(left.length, 15, 'who kept their points')
    },
  },
  {
    id: 'code-is-used-once-at-once',
    rule: 'a single-use code is used once, however many tills scan it at the same moment',
    evidence: [
      'https://github.com/magento/magento2/issues/38017',
      'https://github.com/shopware/shopware/issues/11245',
      'https://github.com/OpenMage/magento-lts/issues/1408',
    ],
    needs: ['rewards'],
    async run(system) {
      const member = await memberWith(system, 50)
      const code = await system.takeReward({ member, reward: 'tea', request: name('r') })
      if (code === undefined) throw new Broken('a reward that could be taken was refused')
      const used = await atOnce(16, () => system.redeemCode(code))
      expect(used.filter(Boolean).length, 1, 'of sixteen tills that scanned one code')
      expect(await system.redeemCode(code), false, 'the code later')
    },
  },
  {
    id: 'expiry-does-not-collapse-the-balance',
    rule: 'when old points expire, those that were used before are not taken a second time from the new ones',
    evidence: ['https://github.com/FreeOpenSourcePOS/FloCafe/issues/78'],
    needs: ['clock'],
    async run(system) {
      const member = await memberWith(system, 100)
      await system.passDays(200)
      await system.sell({ member, order: name('order'), amountMinor: units(60) })
      await system.sell({ member, order: name('order'), amountMinor: 90, usePoints: 90 })
      expect(await system.points(member), 70, 'points after 90 of 160 were used')
      await system.passDays(200)
      expect(await system.points(member), 60, 'points after the rest of the old ones expired')
    },
  },
  {
    id: 'expired-points-are-not-used',
    rule: 'what has expired cannot be used, whether or not a job came by',
    evidence: [
      'https://github.com/Kademi/kademi-dev/issues/5962',
      'https://github.com/liberusoftware/ecommerce-laravel/pull/1056',
    ],
    needs: ['clock'],
    async run(system) {
      const member = await memberWith(system, 100)
      await system.passDays(400)
      const sold = await system.sell({ member, order: name('order'), amountMinor: units(1), usePoints: 100 })
      expect(sold.ok, false, 'a sale paid with expired points')
      expect(await system.points(member), 0, 'points after they expired')
    },
  },
  {
    id: 'first-to-expire-is-first-used',
    rule: 'the points that expire first are used first',
    evidence: [
      'https://github.com/Trexology/laravel-pointable/issues/12',
      'https://github.com/EQdkpPlus/core/pull/121',
    ],
    needs: ['clock'],
    async run(system) {
      const member = await memberWith(system, 40)
      await system.passDays(100)
      await system.sell({ member, order: name('order'), amountMinor: units(40) })
      await system.sell({ member, order: name('order'), amountMinor: 40, usePoints: 40 })
      await system.passDays(300)
      expect(await system.points(member), 40, 'points after the older forty would have expired')
    },
  },
  {
    id: 'tier-begins-at-its-threshold',
    rule: 'a tier is reached by exactly its amount over several purchases, and not by one unit less',
    evidence: [
      'https://github.com/frappe/erpnext/issues/14930',
      'https://github.com/frappe/erpnext/issues/22167',
      'https://github.com/frappe/erpnext/issues/33550',
    ],
    needs: ['tiers'],
    async run(system) {
      const member = await system.member()
      await system.sell({ member, order: name('order'), amountMinor: units(50) })
      await system.sell({ member, order: name('order'), amountMinor: 4999 })
      expect(await system.tier(member), null, 'the tier at 99.99')
      await system.sell({ member, order: name('order'), amountMinor: 1 })
      expect(await system.tier(member), 'silver', 'the tier at 100.00')
      await system.sell({ member, order: name('order'), amountMinor: units(199.99) })
      expect(await system.tier(member), 'silver', 'the tier at 299.99')
      await system.sell({ member, order: name('order'), amountMinor: 1 })
      expect(await system.tier(member), 'gold', 'the tier at 300.00')
    },
  },
  {
    id: 'using-points-keeps-the-tier',
    rule: 'using points does not lower a tier',
    evidence: ['https://github.com/DivanteLtd/open-loyalty/issues/131'],
    needs: ['tiers'],
    async run(system) {
      const member = await memberWith(system, 100)
      await system.sell({ member, order: name('order'), amountMinor: 90, usePoints: 90 })
      expect(await system.tier(member), 'silver', 'the tier after 90 of 100 points were used')
    },
  },
  {
    id: 'refund-lowers-the-tier',
    rule: 'what is given back does not lift anybody',
    evidence: ['https://github.com/promantia-ltd/POSpire/pull/74', 'https://github.com/frappe/erpnext/issues/32951'],
    needs: ['tiers'],
    async run(system) {
      const member = await system.member()
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(350) })
      expect(await system.tier(member), 'gold', 'the tier at 350')
      await system.refund({ order, amountMinor: units(200) })
      expect(await system.tier(member), 'silver', 'the tier after 200 were given back')
    },
  },
  {
    id: 'offline-till-earns-once',
    rule: 'a till that hands in its offline sales again, whole or in pieces, doubles nothing',
    evidence: [
      'https://github.com/OCA/pos/pull/185',
      'https://github.com/BrainWise-DEV/POSNext/issues/50',
      'https://github.com/odoo/odoo/issues/152259',
    ],
    needs: ['offline'],
    async run(system) {
      const member = await system.member()
      const sales = [30, 20, 10].map((amount, index) => ({
        kind: 'sale' as const,
        item: crypto.randomUUID(),
        member,
        minutesAgo: 90 - 10 * index,
        order: name('order'),
        amountMinor: units(amount),
      }))
      await system.handIn(sales)
      await system.handIn(sales)
      await system.handIn(sales.slice(1).reverse())
      expect(await system.points(member), 60, 'points of three offline sales handed in three times')
    },
  },
  {
    id: 'offline-use-lowers-the-balance',
    rule: 'points used without a line are gone when the till is back, once',
    evidence: [
      'https://github.com/defendicon/POS-Awesome-V15/issues/3059',
      'https://github.com/frappe/erpnext/issues/14885',
    ],
    needs: ['offline'],
    async run(system) {
      const member = await memberWith(system, 100)
      const use = [{ kind: 'use' as const, item: crypto.randomUUID(), member, minutesAgo: 0, points: 40 }]
      await system.handIn(use)
      await system.handIn(use)
      expect(await system.points(member), 60, 'points after 40 were used offline')
    },
  },
  {
    id: 'stored-money-keeps-its-rest',
    rule: 'paying less than there is leaves the rest, and twenty payments at once never take more than there is',
    evidence: [
      'https://github.com/saleor/saleor/issues/13640',
      'https://github.com/spree/spree/pull/13734',
      'https://github.com/Azuriom/Plugin-Shop/issues/285',
    ],
    needs: ['credit'],
    async run(system) {
      const member = await system.member()
      await system.topUp({ member, amountMinor: units(100), request: name('r') })
      await system.sell({ member, order: name('order'), amountMinor: units(30), useCreditMinor: units(30) })
      expect(await system.credit(member), units(70), 'money left of 100 after 30')
      const sold = await atOnce(20, () =>
        system.sell({
          member,
          order: name('order'),
          amountMinor: units(70),
          useCreditMinor: units(70),
          request: name('r'),
        }),
      )
      expect(sold.filter(each => each.ok).length, 1, 'of twenty payments of all that was left')
      expect(await system.credit(member), 0, 'money left in the end')
    },
  },
  {
    id: 'stored-money-returns-once',
    rule: 'a refund puts stored money back once',
    evidence: [
      'https://github.com/Adyen/adyen-magento2/issues/3327',
      'https://github.com/Setono/SyliusGiftCardPlugin/issues/284',
      'https://github.com/solidusio/solidus/pull/3989',
    ],
    needs: ['credit'],
    async run(system) {
      const member = await system.member()
      await system.topUp({ member, amountMinor: units(100), request: name('r') })
      const order = name('order')
      await system.sell({ member, order, amountMinor: units(40), useCreditMinor: units(40) })
      await system.refund({ order })
      await system.refund({ order }).catch(() => undefined)
      expect(await system.credit(member), units(100), 'money after the refund was sent twice')
    },
  },
  {
    id: 'merge-keeps-points',
    rule: 'when two customers turn out to be one, what both had is there once',
    evidence: [
      'https://github.com/mautic/mautic/pull/5964',
      'https://github.com/odoo/odoo/pull/171706',
      'https://github.com/kawaiiforums/mybb-mint/issues/16',
    ],
    needs: ['merge'],
    async run(system) {
      const one = await memberWith(system, 100)
      const other = await memberWith(system, 200)
      expect(await system.points(await system.merge(one, other)), 300, 'points after the merge')
    },
  },
]
