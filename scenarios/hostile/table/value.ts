import { randomUUID } from 'node:crypto'
import { type Course, dayFromNow, givePoints, instantFromNow, newMember, when } from './host.ts'

const party = (partyId: string, more: object = {}) => ({ params: { partyId, ...more } })
type Ids = Readonly<Record<string, string>>

/** Stored money paid in, used, given back and paid out; a visit card sold and used. */
export const credit: Course = async host => {
  const { owner, manager } = host
  const { usual } = await host.ask<{ usual: { currency: string } }>(owner, 'readCredit')
  await host.ask(owner, 'changeCredit', { body: usual })
  const { currency } = usual
  const { partyId, card } = await newMember(host, 'credit')
  const topUp = (amountMinor: number) =>
    host.ask<Ids>(owner, 'topUpCredit', { ...party(partyId), body: { amountMinor, method: 'cash' } })
  const { topUpId } = await topUp(1000)
  await host.ask(owner, 'undoTopUp', { ...party(partyId, { topUpId }), body: {} })
  await topUp(200_000)
  const pay = (amountMinor: number) =>
    host.ask<Ids>(owner, 'payWithCredit', { ...party(partyId), body: { amountMinor } })
  const { paymentId } = await pay(900)
  await host.ask(owner, 'refundPayment', { ...party(partyId, { paymentId }), body: { amountMinor: 400 } })
  await pay(500)
  const withdraw = () =>
    host.ask<Ids>(owner, 'withdrawCredit', { ...party(partyId), body: { amountMinor: 120_000, method: 'transfer' } })
  const { withdrawalId } = await withdraw()
  await host.ask(manager, 'decideWithdrawal', {
    params: { withdrawalId: withdrawalId! },
    body: { partyId, decision: 'decline' },
  })
  const cardId = `visits-${host.mark}`
  const terms = { name: 'Ten cups', visits: 10, priceMinor: 20_000, currency, validMonths: 12, merchants: [], skus: [] }
  await host.ask(owner, 'saveVisitCard', { params: { cardId }, body: { ...terms, refundPercent: 80, isOffered: true } })
  const sell = () => host.ask<Ids>(owner, 'sellVisitCard', { ...party(partyId), body: { cardId, method: 'cash' } })
  const { soldCardId } = await sell()
  const use = () => host.ask<Ids>(owner, 'useVisit', { ...party(partyId), body: { cardId } })
  const { visitId } = await use()
  await host.ask(owner, 'giveBackVisit', { ...party(partyId, { visitId }), body: { cardId } })
  await use()
  await host.ask(owner, 'refundVisitCard', { ...party(partyId, { soldCardId }), body: { method: 'cash' } })
  await sell()
  await topUp(1500)
  await host.ask(owner, 'tillTopUp', { body: { customer: { card }, amountMinor: 3000, method: 'cash' } })
  await host.ask(owner, 'memberCredit', party(partyId))
}

/** Rewards taken, set aside, used and given back; stamp cards that begin and end. */
export const rewards: Course = async host => {
  const { owner, member } = host
  const { items } = await host.ask<{ items: { rewardId: string; terms: object }[] }>(owner, 'listRewards')
  const terms = {
    ...items[0]!.terms,
    name: { en: `A cup ${host.mark}` },
    price: 10,
    tierPrices: [],
    stock: 50,
    perMember: null,
  }
  const free = { ...terms, merchants: [], fromOn: null, untilOn: null, validDays: 30 }
  const { rewardId } = await host.ask<Ids>(owner, 'createReward', { body: free })
  await host.ask(owner, 'changeReward', { params: { rewardId: rewardId! }, body: { ...free, price: 12 } })
  const { partyId } = await newMember(host, 'rewards')
  const act = async (operationId: string, takenId: string, body: object = {}) =>
    await host.ask<Ids>(owner, operationId, { ...party(partyId, { takenId }), body })
  const reserve = async () =>
    (await host.ask<Ids>(owner, 'reserveReward', { ...party(partyId, { rewardId }), body: { minutes: 60 } })).takenId!
  const take = async () =>
    await host.ask<{ takenId: string; code: string | null }>(owner, 'takeReward', {
      ...party(partyId, { rewardId }),
      body: {},
    })
  await act('captureReward', await reserve())
  await act('voidReward', await reserve())
  await act('giveBackReward', (await take()).takenId)
  const { takenId } = await take()
  await act('useTakenReward', takenId)
  await act('undoUseOfReward', takenId)
  await reserve()
  await take()
  const { code } = await take()
  await host.ask(owner, 'lookUpRewardCode', { body: { code } })
  await host.ask(owner, 'useRewardCode', { body: { code } })
  await host.ask(owner, 'partyRewards', party(partyId))
  const stamps = {
    ...{ name: { en: `Stamps ${host.mark}` }, rewardId, stamps: 5, per: 'purchase', atLeast: null, categories: [] },
    ...{ skus: [], merchants: [], startsOn: dayFromNow(0), stampDays: null },
  }
  const open = { ...free, stock: null }
  const { rewardId: ofCard } = await host.ask<Ids>(owner, 'createReward', { body: open })
  const { cardId } = await host.ask<Ids>(owner, 'createStampCard', { body: { ...stamps, rewardId: ofCard } })
  await host.ask(owner, 'endStampCard', { params: { cardId: cardId! }, body: { untilOn: dayFromNow(30) } })
  await givePoints(host, member.partyId!)
  const taken = await host.ask<Ids>(member, 'memberTakeReward', { params: { rewardId: rewardId! } })
  await host.ask(member, 'memberGiveBackReward', { params: { takenId: taken.takenId! } })
  await host.ask(member, 'memberTakeReward', { params: { rewardId: rewardId! } })
}

/** Something set aside at the till and let go, a sale with its receipt, and what came back of it. */
export const till: Course = async host => {
  const { owner } = host
  await host.ask(owner, 'changeTill', {
    body: { pointsPercent: 100, leastPoints: 1, holdMinutes: 15, floorPoints: 500, floorCreditMinor: 5000 },
  })
  const { partyId, card } = await newMember(host, 'till')
  const hold = async () =>
    (await host.ask<Ids>(owner, 'tillHold', { body: { customer: { partyId }, use: { points: 40 }, minutes: 30 } }))
      .holdId!
  await host.ask(owner, 'voidTillHold', { params: { holdId: await hold() }, body: {} })
  await host.ask(owner, 'captureTillHold', { params: { holdId: await hold() }, body: { orderRef: `T-${host.mark}` } })
  await host.ask(owner, 'readTillHold', { params: { holdId: await hold() } })
  const sale = { customer: { card }, amountMinor: 8800, lines: [{ sku: 'T-1', quantity: 1000, amountMinor: 8800 }] }
  const { saleId } = await host.ask<Ids>(owner, 'tillSale', { body: { ...sale, orderRef: `S-${host.mark}` } })
  await host.ask(owner, 'tillRefund', { body: { saleId, amountMinor: 800 } })
  await host.ask(owner, 'findMember', { body: { text: card } })
}

/** Draws: one that can still be changed, one that is over and drawn, one that is over and not. */
export const draws: Course = async host => {
  const { owner } = host
  const { items } = await host.ask<{ items: { currency: string }[] }>(owner, 'listDraws')
  const { partyId } = await newMember(host, 'draws')
  const terms = {
    ...{
      terms: '',
      rules: [{ kind: 'purchase', atLeastMinor: 100, tickets: 2 }],
      currency: items[0]?.currency ?? 'CNY',
    },
    ...{ mostTickets: 10, claimDays: 30, publicValueName: null },
    prizes: [
      { prizeId: 'cup', kind: 'thing', name: 'A cup', count: 1 },
      { prizeId: 'points', kind: 'points', name: 'Points', count: 1, points: 10, usableDays: 90 },
    ],
  }
  const announce = (name: string, opensIn: number, closesIn: number) =>
    host.ask<{ drawId: string; state: string }>(owner, 'createDraw', {
      body: { ...terms, name, opensAt: instantFromNow(opensIn), closesAt: instantFromNow(closesIn) },
    })
  const later = await announce('later', 86_400, 2 * 86_400)
  const changed = { ...terms, name: 'later still', opensAt: instantFromNow(90_000), closesAt: instantFromNow(200_000) }
  await host.ask(owner, 'changeDraw', { params: { drawId: later.drawId }, body: changed })
  const soon = await announce('soon', -1, 3)
  await announce('soon too', -1, 3)
  const body = { customer: { partyId }, amountMinor: 5000, lines: [], orderRef: `D-${host.mark}` }
  await host.ask(owner, 'tillSale', { body })
  const read = () =>
    host.ask<{ draw: { state: string }; awards: { order: number; prizeId: string }[] }>(owner, 'readDraw', {
      params: { drawId: soon.drawId },
    })
  await when(read, ({ draw }) => draw.state !== 'open')
  await when(
    () =>
      host.ask(owner, 'makeDraw', { params: { drawId: soon.drawId }, body: {} }).then(
        () => true,
        () => false,
      ),
    isDrawn => isDrawn,
  )
  const { awards } = await read()
  const award = awards.find(each => each.prizeId === 'cup')
  if (award) await host.ask(owner, 'claimAward', { params: { drawId: soon.drawId, order: award.order } })
  await host.ask(host.nobody, 'drawProof', { params: { drawId: soon.drawId }, headers: { 'guanxi-world': 'demo' } })
}

/** Gifts and households of two customers who are signed in. */
export const sharing: Course = async host => {
  const { owner, member, anotherMember } = host
  const gifts = { mostPerDay: 1_000_000, giftsPerDay: 1000, onwardDays: 0, coolingOffHours: 0, assets: ['points'] }
  const households = { mostMembers: 50, mostPerDay: null, assets: ['points'] }
  await host.ask(owner, 'changeSharing', { body: { gifts, households } })
  await Promise.all([member, anotherMember].map(each => givePoints(host, each.partyId!)))
  const give = () =>
    host.ask<{ giftId: string; code: string }>(member, 'giveAsMember', {
      body: { asset: 'points', amount: 5, to: { by: 'link' } },
    })
  await host.ask(anotherMember, 'claimAsMember', { body: { code: (await give()).code } })
  await host.ask(member, 'takeBackAsMember', { params: { giftId: (await give()).giftId } })
  await give()
  for (const person of [member, anotherMember]) {
    const { household } = await host.ask<{ household: object | null }>(person, 'memberHousehold')
    if (household) await host.ask(person, 'leaveHousehold')
  }
  await host.ask(member, 'foundHousehold', { body: { name: `Home ${host.mark}` } })
  const { code } = await host.ask<Ids>(member, 'inviteToHousehold')
  await host.ask(anotherMember, 'joinHousehold', { body: { code } })
  await host.ask(member, 'contributeAsMember', { body: { asset: 'points', amount: 200 } })
  await host.ask(member, 'inviteToHousehold')
  const partyId = member.partyId!
  const spend = () =>
    host.ask<Ids>(owner, 'spendFromPool', { ...party(partyId), body: { asset: 'points', amount: 20 } })
  const { spendingId } = await spend()
  await host.ask(owner, 'returnToPool', { ...party(partyId, { spendingId }), body: { amount: 5 } })
}

/** A promise whose breaking is paid by hand, one broken by report and one claimed by the customer. */
export const promises: Course = async host => {
  const { owner, member } = host
  const { ready } = await host.ask<{ ready: Record<string, unknown>[] }>(owner, 'listPromises')
  const promiseId = randomUUID()
  const terms = {
    ...ready[0]!,
    subject: 'other',
    judged: { kind: 'state', broken: null },
    scope: { tiers: null, merchants: null, categories: null, atLeastMinor: null },
    compensation: { kind: 'money', amountMinor: 2000, currency: 'CNY', by: 'transfer' },
    claims: { believeUpToMinor: 0, believedPerYear: 0, answerWithinHours: 72 },
    ownerId: null,
  }
  await host.ask(owner, 'publishPromise', { body: { promiseId, terms, startsOn: dayFromNow(0) } })
  const { partyId } = await newMember(host, 'promises')
  const report = async (reference: string) =>
    (
      await host.ask<{ case: { caseId: string } }>(owner, 'reportBrokenPromise', {
        ...party(partyId, { promiseId }),
        body: { reference },
      })
    ).case.caseId
  const pay = (caseId: string, body: object) =>
    host.ask(owner, 'payCompensation', { params: { caseId }, body: { partyId, ...body } })
  await pay(await report(`R1-${host.mark}`), { by: 'transfer', reference: 'wire 1' })
  await pay(await report(`R2-${host.mark}`), { by: 'credit' })
  await report(`R3-${host.mark}`)
  const claim = async (reference: string) =>
    (
      await host.ask<{ case: { caseId: string } }>(member, 'claimPromise', {
        params: { promiseId },
        body: { reference },
      })
    ).case.caseId
  const decide = async (caseId: string, decision: string) =>
    await host.ask(owner, 'decidePromiseClaim', { params: { caseId }, body: { partyId: member.partyId, decision } })
  await decide(await claim(`C1-${host.mark}`), 'grant')
  await decide(await claim(`C2-${host.mark}`), 'decline')
  await claim(`C3-${host.mark}`)
  for (const view of ['owed', 'claims', 'broken']) await host.ask(owner, 'listPromiseCases', { query: { view } })
}

/** Terms that follow, a month that was settled, a line of it disputed, and a benefit that somebody earned. */
export const coalition: Course = async host => {
  const { owner } = host
  await host.ask(owner, 'changeCoalition', { body: { disputeDays: 180 } })
  const { months, currency } = await host.ask<{ months: { month: string; state: string }[]; currency: string }>(
    owner,
    'readCoalition',
  )
  const { month } = months.findLast(each => each.state === 'closed')!
  await host.ask(owner, 'closeMonth', { params: { month } })
  const merchantId = 'wenshu'
  const params = { month, merchantId }
  const { lines, disputes } = await host.ask<{
    lines: { lineId: string }[]
    disputes: { lineId: string; state: string }[]
  }>(owner, 'readStatement', { params })
  await host.ask(owner, 'exportStatement', { params })
  await host.ask(owner, 'traceLine', { params: { ...params, lineId: lines[0]!.lineId } })
  const waiting = new Set(disputes.filter(each => each.state === 'open').map(each => each.lineId))
  const line = lines.find(each => !waiting.has(each.lineId))
  if (line) {
    const body = { ...params, lineId: line.lineId, reason: 'It was ours to decide' }
    const { disputeId } = await host.ask<Ids>(owner, 'openDispute', { body })
    await host.ask(owner, 'answerDispute', {
      params: { disputeId: disputeId! },
      body: { decision: 'reject', answer: 'It was not' },
    })
  }
  // Agreed with a shop of its own each time: whoever has terms gets the next ones from tomorrow on.
  const shop = `shop-${host.mark}`
  await host.ask(owner, 'saveMerchant', { params: { merchantId: shop }, body: { name: shop, isActive: true } })
  const terms = { fromOn: dayFromNow(1), fundMinorPer100: 100, redeemMinorPer100: 90, currency, payment: 'postpaid' }
  const breakage = { merchant: 0, pool: 50, coalition: 50 }
  await host.ask(owner, 'publishTerms', { body: { merchantId: shop, ...terms, breakage } })
  const { partyId } = await newMember(host, 'benefits')
  const benefit = {
    name: `Parking ${host.mark}`,
    kind: 'parking',
    count: 8,
    window: { kind: 'year' },
    atLeastMinor: 100,
    currency,
  }
  const { benefitId } = await host.ask<Ids>(owner, 'createBenefit', { body: { ...benefit, fromOn: dayFromNow(-1) } })
  await host.ask(owner, 'tillSale', {
    body: { customer: { partyId }, merchantId, amountMinor: 5000, lines: [], orderRef: `B-${host.mark}` },
  })
  const use = () =>
    host.ask(owner, 'useBenefit', { params: { benefitId: benefitId! }, body: { partyId, merchantId, count: 1 } })
  await when(
    () =>
      use().then(
        () => true,
        () => false,
      ),
    isUsed => isUsed,
  )
}

/** Value that is given by hand and needs a second pair of eyes. */
export const adjustments: Course = async host => {
  const { owner, manager } = host
  await host.ask(owner, 'changeAsset', { params: { asset: 'points' }, body: { approvalAbove: 1000 } })
  const { partyId } = await newMember(host, 'adjusted')
  const wish = async (amount: number) =>
    (
      await host.ask<Ids>(owner, 'adjustHolding', {
        body: { partyId, asset: 'points', amount, reason: 'a long night' },
      })
    ).adjustmentId!
  for (const decision of ['approve', 'decline']) {
    await host.ask(manager, 'decideAdjustment', {
      params: { adjustmentId: await wish(2000) },
      body: { partyId, decision },
    })
  }
  await wish(3000)
  await host.ask(owner, 'listAdjustments')
}
