import { type LoyaltySystem, programme } from '../system.ts'

export interface GuanxiServer {
  /** Such as `http://127.0.0.1:7250`; an empty instance, since the kit sets up its own programme. */
  readonly url: string
  /** An API key that may do what the kit asks for. */
  readonly key: string
  /** Only where the clock of the server can be moved. */
  readonly passDays?: (days: number) => Promise<void>
  /** The clock of the server. */
  readonly now?: () => Date
}

/** Guanxi through its public HTTP interface, as any till or shop would speak to it. */
export function guanxi({ url, key, passDays, now = () => new Date() }: GuanxiServer): LoyaltySystem {
  let currency = 'CNY'
  const rewards = new Map<string, string>()
  const userOf = new Map<string, string>()

  async function send(method: string, path: string, body?: object, request?: string): Promise<Response> {
    return await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(request && { 'idempotency-key': request }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  }
  /** An answer, or an error with what the server said. */
  async function ask<Reply>(method: string, path: string, body?: object, request?: string): Promise<Reply> {
    const response = await send(method, path, body, request)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return (text ? JSON.parse(text) : undefined) as Reply
  }
  /** Whether it was done; a refusal by a rule (409, 404) is an answer, everything else an error. */
  async function isDone(method: string, path: string, body: object, request?: string): Promise<Response | undefined> {
    const response = await send(method, path, body, request)
    if (response.ok) return response
    if (response.status === 409 || response.status === 404) return undefined
    throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 300)}`)
  }
  const decimal = (minor: number) => minor / programme.minorPerUnit

  return {
    name: 'Guanxi',
    can: new Set([
      'orders',
      'rewards',
      'tiers',
      'gifts',
      'credit',
      'offline',
      'merge',
      ...(passDays ? (['clock'] as const) : []),
    ]),

    async start() {
      const business = await ask<{ currency: string }>('GET', '/api/settings/business')
      currency = business.currency
      const { usual, todayOn } = await ask<{ usual: object; todayOn: string }>('GET', '/api/points/programme')
      await ask('POST', '/api/points/publish', {
        startsOn: todayOn,
        rules: {
          ...usual,
          earning: [
            { kind: 'spend', ruleId: 'spend', points: 1, perMinor: programme.minorPerUnit, match: { kind: 'all' } },
          ],
          exclude: {
            tax: false,
            paidWithPoints: true,
            paidWithGiftCard: false,
            items: { kind: 'sku', values: ['gift-card'] },
          },
          pendingDays: 0,
          expiry: { kind: 'months', months: programme.expiryMonths, endOf: 'day' },
          worthMinorPer100: programme.worthMinorPer100,
        },
      })
      await ask('PUT', '/api/tiers', {
        rules: {
          measure: 'spend',
          currency,
          window: { kind: 'rolling', months: 12 },
          tiers: [
            { tierId: 'silver', name: 'Silver', atLeast: programme.silverFromMinor, rights: [] },
            { tierId: 'gold', name: 'Gold', atLeast: programme.goldFromMinor, rights: [] },
          ],
          graceDays: 0,
          softLanding: false,
          noticeDays: 0,
        },
      })
      const catalogue = await ask<{ usual: [{ icon: string }] }>('GET', '/api/rewards')
      const terms = {
        description: {},
        icon: catalogue.usual[0].icon,
        price: programme.rewardPoints,
        tierPrices: [],
        merchants: [],
        fromOn: null,
        untilOn: null,
        perMember: null,
        validDays: null,
      }
      for (const [reward, stock] of [
        ['tea', null],
        ['last-pot', 1],
      ] as const) {
        const made = await ask<{ rewardId: string }>('POST', '/api/rewards', { ...terms, name: { en: reward }, stock })
        rewards.set(reward, made.rewardId)
      }
      await ask('PUT', '/api/sharing', { gifts: { coolingOffHours: 0, onwardDays: 0, giftsPerDay: 1000 } })
      await ask('PUT', '/api/credit/rules', {
        currency,
        isOpen: true,
        rungs: [],
        spendFirst: 'paid',
        bonusMonths: null,
        largestTopUpMinor: null,
        largestBalanceMinor: null,
        approvalAboveMinor: 0,
      })
    },

    async member() {
      const userId = `kit-${crypto.randomUUID()}`
      await ask('POST', '/v1/identify', { userId, messageId: crypto.randomUUID(), traits: { name: 'Kit' } })
      const { items } = await ask<{ items: { partyId: string }[] }>('GET', `/api/parties?find=${userId}`)
      userOf.set(items[0]!.partyId, userId)
      return items[0]!.partyId
    },

    async points(member) {
      return (await ask<{ available: number }>('GET', `/api/parties/${member}/points`)).available
    },

    async sell({ member, order, amountMinor, usePoints = 0, useCreditMinor = 0, request }) {
      const use = { points: usePoints, creditMinor: useCreditMinor }
      const body = {
        customer: { partyId: member },
        amountMinor,
        orderRef: order,
        ...(usePoints + useCreditMinor > 0 && { use }),
      }
      return { ok: (await isDone('POST', '/api/till/sale', body, request)) !== undefined }
    },

    async refund({ order, amountMinor }) {
      await ask('POST', '/api/till/refund', { orderRef: order, ...(amountMinor !== undefined && { amountMinor }) })
    },

    async tell({ kind, member, order, amountMinor, message, giftCardMinor = 0 }) {
      const event = { completed: 'Order Completed', refunded: 'Order Refunded', cancelled: 'Order Cancelled' }[kind]
      const rest = { sku: 'tea', price: decimal(amountMinor - giftCardMinor), quantity: 1 }
      const card = { sku: 'gift-card', price: decimal(giftCardMinor), quantity: 1 }
      const products = giftCardMinor > 0 ? { products: [rest, card] } : {}
      await ask('POST', '/v1/track', {
        userId: userOf.get(member),
        messageId: message,
        event,
        timestamp: now().toISOString(),
        properties: { order_id: order, total: decimal(amountMinor), currency, ...products },
      })
    },

    ...(passDays && { passDays }),

    async takeReward({ member, reward, request }) {
      const taken = await isDone('POST', `/api/parties/${member}/rewards/${rewards.get(reward)}/take`, {}, request)
      return taken ? ((await taken.json()) as { code: string }).code : undefined
    },

    async redeemCode(code) {
      return (await isDone('POST', '/api/reward-codes/use', { code })) !== undefined
    },

    async tier(member) {
      const { rules, tier } = await ask<{ rules: { tiers: { tierId: 'silver' | 'gold' }[] } | null; tier: number }>(
        'GET',
        `/api/parties/${member}/tier`,
      )
      return rules?.tiers[tier]?.tierId ?? null
    },

    async give({ from, to, points, request }) {
      const receiver = { by: 'identifier', kind: 'customer_id', value: userOf.get(to) }
      return (
        (await isDone('POST', `/api/parties/${from}/gifts`, { amount: points, to: receiver }, request)) !== undefined
      )
    },

    async topUp({ member, amountMinor, request }) {
      await ask('POST', '/api/till/top-up', { customer: { partyId: member }, amountMinor, method: 'cash' }, request)
    },

    async credit(member) {
      type Balances = { balances: { currency: string; availableMinor: number }[] }
      const { balances } = await ask<Balances>('GET', `/api/parties/${member}/credit`)
      return balances.find(each => each.currency === currency)?.availableMinor ?? 0
    },

    async merge(one, other) {
      const { keptId } = await ask<{ keptId: string }>('POST', '/api/merges', { keptId: one, otherId: other })
      return keptId
    },

    async handIn(items) {
      const sentAt = now()
      await ask('POST', '/api/till/offline', {
        sentAt: sentAt.toISOString(),
        items: items.map(item => ({
          itemId: item.item,
          customer: { partyId: item.member },
          at: new Date(sentAt.getTime() - item.minutesAgo * 60_000).toISOString(),
          ...(item.kind === 'sale'
            ? { kind: item.kind, orderRef: item.order, amountMinor: item.amountMinor }
            : { kind: item.kind, points: item.points }),
        })),
      })
    },
  }
}
