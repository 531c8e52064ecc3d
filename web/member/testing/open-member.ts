import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { publish, usualRules } from '#financial/points/index.ts'
import { publishTiers, usualTiers } from '#financial/tiers/index.ts'
import { createKey, makeCardLink, permissions } from '#kernel/access/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { openScreens, type Screens } from '../../../scripts/screens.ts'

/** A tea shop with everything that a card can show, one customer of it, and phones to look at her card with. */
export interface MemberScreens {
  readonly screens: Screens
  readonly partyId: string
  readonly key: string
  /** A phone of its own: cookies and what is kept are nobody else's. */
  phone(options?: BrowserContextOptions): Promise<{ context: BrowserContext; page: Page; faults: string[] }>
  /** A link that opens her card, whole. */
  link(): Promise<string>
  ask(method: string, path: string, body?: object): Promise<unknown>
}

const sourceId = '01900000-0000-7000-8000-000000000001'

export async function openMember(): Promise<MemberScreens> {
  const screens = await openScreens()
  const house = screens.product.business
  const now = house.clock.now()
  const { secret } = await createKey(house, { name: 'test', permissions: [...permissions], createdBy: null })
  let asked = 0
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(screens.url + path, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        'idempotency-key': `test ${++asked}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  const zone = 'Asia/Shanghai'
  const business = { name: '清和茶舍 Qinghe Tea', currency: 'CNY', zone, language: 'zh-CN' as const }
  await house.database.transaction(transaction => house.settings.write(transaction, 'business', business))
  const today = localDay(now, zone)
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)
  await publish(house, { rules: usualRules('CNY', 2), startsOn: localDay(ago(300), zone), by: 'test' })
  const tiers = usualTiers('CNY')
  tiers.tiers[0]!.rights.push({ rightId: 'window', name: '靠窗的座位' }, { rightId: 'new', name: '新茶先尝' })
  await publishTiers(house, { rules: tiers, by: 'test' })
  const identify = {
    type: 'identify',
    userId: 'QH-0001',
    messageId: 'm0',
    traits: { name: '王晓洁', phone: '138 0000 5521', birthday: '1990-05-20', card: '8821 5521' },
  }
  const orders = [280, 210, 168, 96, 70, 40, 12, 3].map((days, index) => ({
    type: 'track',
    userId: 'QH-0001',
    messageId: `o${index}`,
    event: 'Order Completed',
    properties: {
      order_id: `A-${4700 + index}`,
      total: [168, 325, 88, 460, 199, 268, 520, 142][index],
      currency: 'CNY',
    },
    timestamp: ago(days).toISOString(),
  }))
  await ingest(house, { sourceId, kind: 'key' }, [identify, ...orders])
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = 'QH-0001'`,
  )
  const { partyId } = row!
  await house.database.query(
    `insert into parties.identifier (value_key, kind, party_id, value) values ('88215521', 'card', $1, '8821 5521')
     on conflict do nothing`,
    [partyId],
  )

  const reward = (name: object, icon: string, price: number) => ({
    ...{ name, description: {}, icon, price, tierPrices: [], stock: null, merchants: [] },
    ...{ fromOn: null, untilOn: null, perMember: null, validDays: 60 },
  })
  const tea = reward({ en: 'A cup of Longjing', 'zh-CN': '龙井一杯' }, 'leaf', 100)
  const { rewardId } = (await ask('POST', '/api/rewards', tea)) as { rewardId: string }
  await ask('POST', '/api/rewards', reward({ en: 'Afternoon tea for two', 'zh-CN': '双人下午茶' }, 'cake', 900_000))
  await ask('POST', `/api/parties/${partyId}/rewards/${rewardId}/take`, {})
  const card = { name: { en: 'Ten cups', 'zh-CN': '十杯有礼' }, rewardId, stamps: 10, per: 'purchase', atLeast: null }
  const everywhere = { categories: [], skus: [], merchants: [], startsOn: localDay(ago(0), zone), stampDays: null }
  await ask('POST', '/api/stamp-cards', { ...card, ...everywhere })
  await ask('POST', '/api/draws', {
    name: '中秋抽奖 Mid-autumn draw',
    prizes: [{ prizeId: 'first', name: '紫砂壶 Teapot', count: 1, kind: 'thing' }],
    rules: [{ kind: 'visit', tickets: 1 }],
    currency: 'CNY',
    mostTickets: null,
    opensAt: ago(0).toISOString(),
    closesAt: ago(-20).toISOString(),
    publicValueName: null,
  })
  const timed = (event: string) => ({ kind: 'client.tracked', name: event, reference: 'order_id', where: null })
  await ask('POST', '/api/promises', {
    promiseId: house.newId(),
    startsOn: today,
    terms: {
      subject: 'delivery',
      standard: { en: 'Delivered within 48 hours', zh: '48 小时内送到' },
      judged: {
        kind: 'timed',
        start: timed('Order Sent'),
        stop: timed('Order Delivered'),
        void: null,
        clock: { kind: 'elapsed', minutes: 2880 },
      },
      scope: { tiers: null, merchants: null, categories: null, atLeastMinor: null },
      compensation: { kind: 'points', points: 200, worthMinor: 200, currency: 'CNY' },
      budgetPerMonthMinor: null,
      graceMinutes: 0,
      lateEvidence: 'stays',
      claims: { believeUpToMinor: 10_000, believedPerYear: 2, answerWithinHours: 24 },
      payWithinDays: 7,
      ownerId: null,
    },
  })

  await ask('PUT', '/api/credit/rules', {
    currency: 'CNY',
    isOpen: true,
    rungs: [{ atLeastMinor: 20_000, bonusMinor: 3_000, bonusPoints: 0 }],
    spendFirst: 'bonus',
    bonusMonths: 6,
    largestTopUpMinor: null,
    largestBalanceMinor: null,
    approvalAboveMinor: 100_000,
  })
  await ask('POST', `/api/parties/${partyId}/credit/top-ups`, { amountMinor: 20_000, method: 'wechat' })
  const visits = { name: '肩颈按摩 Shoulder massage', visits: 10, priceMinor: 68_000, currency: 'CNY' }
  const limits = { validMonths: 6, merchants: [], skus: [], refundPercent: 80, isOffered: true }
  await ask('PUT', '/api/credit/cards/shoulders', { ...visits, ...limits })
  await ask('POST', `/api/parties/${partyId}/visit-cards`, { cardId: 'shoulders', method: 'wechat' })
  await ask('POST', `/api/parties/${partyId}/visits`, { cardId: 'shoulders' })
  const { partyId: memberId } = (await ask('POST', '/api/parties', { name: '王小明' })) as { partyId: string }
  const home = (body: object) => ask('POST', `/api/parties/${partyId}/household`, body)
  await home({ act: 'found', name: '王家' })
  await home({ act: 'add', memberId })
  await home({ act: 'contribute', amount: 120 })

  const browser = screens.page.context().browser()!
  return {
    screens,
    partyId,
    key: secret,
    ask,
    async link() {
      return screens.url + (await makeCardLink(house, { partyId, by: { kind: 'nobody' } })).path
    },
    async phone(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
        locale: 'zh-CN',
        ...options,
      })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', error => faults.push(error.message))
      page.on('console', message => {
        if (message.type() === 'error') faults.push(message.text())
      })
      return { context, page, faults }
    },
  }
}
