import { purchasesOf } from '#financial/points/index.ts'
import { addDays, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { type Instruction, ofPerson, type PostingRequest, post } from '#kernel/ledger/index.ts'
import { holdersKnownTo, profileIdsKnownTo } from '#kernel/parties/index.ts'
import { assert, refuse } from '#kernel/refusal.ts'
import { type Award, awardsOf, type BenefitRules, progressOf, type Spent } from './benefit.ts'
import { type Benefit, type HeldBenefit, newBenefit } from './contract.ts'
import { author } from './ground.ts'

export const benefitAsset = (benefitId: string) => `benefit:${benefitId}`
export const spendKinds = ['purchase.recorded', 'refund.recorded'] as const

interface BenefitRow {
  readonly benefitId: string
  readonly rules: unknown
  readonly untilOn: string | null
}

/** All promises that were ever made, the first first; small shared data. */
export async function readBenefits(queryable: Queryable): Promise<BenefitRules[]> {
  const rows = await queryable.query<BenefitRow>(
    `select benefit_id as "benefitId", rules, until_on as "untilOn" from coalition.benefit order by created_at, benefit_id`,
  )
  return rows.map(({ rules, ...row }) => ({ ...newBenefit.parse(rules), ...row }))
}

export async function listBenefits(queryable: Queryable): Promise<Benefit[]> {
  const holders = await queryable.query<{ benefitId: string; holders: number }>(
    `select benefit_id as "benefitId", count(distinct party_id) as holders from coalition.award where is_kept group by 1`,
  )
  const counts = new Map(holders.map(each => [each.benefitId, each.holders]))
  return (await readBenefits(queryable)).map(each => ({ ...each, holders: counts.get(each.benefitId) ?? 0 }))
}

interface StoredAward {
  readonly partyId: string
  readonly benefitId: string
  readonly windowKey: string
  readonly generation: number
  readonly earnedOn: string
  readonly isKept: boolean
}

/** What these customers bought and kept, from the log as it now stands. */
async function spentOf(
  house: House,
  queryable: Queryable,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Spent[]>> {
  const events = Map.groupBy(await house.events.history(queryable, partyIds, spendKinds), event => event.partyId)
  return new Map(
    partyIds.map(partyId => [
      partyId,
      purchasesOf(events.get(partyId) ?? [], zone).map(({ on, merchant, currency, amountMinor, refundedMinor }) => ({
        on,
        merchant,
        currency,
        keptMinor: amountMinor - refundedMinor,
      })),
    ]),
  )
}

/**
 * Works out what these customers have earned from all that is known of them, and gives or takes back what differs from what was
 * given: the order of purchases and refunds cannot matter, and doing it again changes nothing. What was used already and is lost
 * is owed, and the next one pays for it.
 */
export async function reconcileAwards(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
): Promise<NewEvent[]> {
  const benefits = await readBenefits(transaction)
  if (benefits.length === 0 || partyIds.length === 0) return []
  const holders = await holdersKnownTo(house, transaction, partyIds)
  const sorted = [...new Set(partyIds.map(id => holders.get(id) ?? id))].sort()
  const now = house.clock.now()
  // What a profile was given that was merged since stays with it, and counts for who was kept.
  const profileIds = await profileIdsKnownTo(house, transaction, sorted)
  const stored = await lockAwards(transaction, [...profileIds.values()].flat().sort(), now)
  const { zone } = await house.settings.business(transaction)
  const spent = await spentOf(house, transaction, sorted, zone)
  const requests: PostingRequest[] = []
  const changed: StoredAward[] = []
  const events: NewEvent[] = []
  for (const partyId of sorted) {
    for (const benefit of benefits) {
      const { benefitId } = benefit
      const theirs = profileIds.get(partyId)!
      const mine = stored.filter(each => theirs.includes(each.partyId) && each.benefitId === benefitId)
      for (const step of stepsFor(awardsOf(benefit, spent.get(partyId)!), mine)) {
        const award: StoredAward = { ...step, partyId: step.givenTo ?? partyId, benefitId }
        changed.push(award)
        const instruction = instructionFor(benefit, award, { step, zone, now })
        if (instruction) requests.push({ instructions: [instruction], author })
        events.push({
          kind: award.isKept ? 'coalition.benefit-earned' : 'coalition.benefit-lost',
          partyId,
          occurredAt: now,
          payload: {
            benefitId,
            kind: benefit.kind,
            count: benefit.count,
            window: award.windowKey,
            ...(benefit.drawId !== null && { drawId: benefit.drawId }),
          },
        })
      }
    }
  }
  if (changed.length === 0) return []
  for (const [outcome] of await post(house, transaction, requests)) {
    assert(outcome!.state === 'posted', `benefits are posted (${JSON.stringify(outcome)})`)
  }
  await writeAwards(transaction, changed)
  await house.live.announce(transaction, ['coalition'])
  return events
}

type Step = Pick<StoredAward, 'windowKey' | 'generation' | 'earnedOn' | 'isKept'> & {
  readonly award: Award | null
  /** The profile that was given what is taken back. */
  readonly givenTo: string | null
}

/** Where what is due and what was given differ: the missing is given as the next generation, the undue is taken back. */
function stepsFor(due: readonly Award[], given: readonly StoredAward[]): Step[] {
  const latest = new Map<string, StoredAward>()
  const steps: Step[] = []
  for (const theirs of Map.groupBy(given, each => each.partyId).values()) {
    const own = new Map<string, StoredAward>()
    for (const each of theirs) {
      if (each.generation > (own.get(each.windowKey)?.generation ?? 0)) own.set(each.windowKey, each)
    }
    for (const each of own.values()) {
      const other = latest.get(each.windowKey)
      // Two profiles of one person had both earned it: it is earned once.
      if (other?.isKept && each.isKept) steps.push({ ...each, isKept: false, award: null, givenTo: each.partyId })
      else if (!other || each.isKept || (!other.isKept && each.generation > other.generation))
        latest.set(each.windowKey, each)
    }
  }
  for (const award of due) {
    const { windowKey, earnedOn } = award
    const known = latest.get(windowKey)
    latest.delete(windowKey)
    if (known?.isKept) continue
    steps.push({
      windowKey,
      generation: Math.max(0, ...given.filter(each => each.windowKey === windowKey).map(each => each.generation)) + 1,
      earnedOn,
      isKept: true,
      award,
      givenTo: null,
    })
  }
  for (const { partyId, windowKey, generation, earnedOn, isKept } of latest.values()) {
    if (isKept) steps.push({ windowKey, generation, earnedOn, isKept: false, award: null, givenTo: partyId })
  }
  return steps
}

/** Entries into a draw are the draw's own: it hears of them. Everything else is a right in the ledger. */
function instructionFor(
  benefit: BenefitRules,
  { partyId, windowKey, generation, isKept }: StoredAward,
  { step, zone, now }: { step: Step; zone: string; now: Date },
): Instruction | undefined {
  if (benefit.kind === 'draw-entries') return undefined
  const source = `${windowKey}#${generation}`
  const asset = benefitAsset(benefit.benefitId)
  const base = { partyId, asset, source, occurredAt: now.getTime() }
  const key = `${asset} ${partyId} ${source}`
  if (!isKept) return { ...base, key: `${key} lost`, act: 'revoke', numerator: 1, denominator: 1 }
  const usableUntilOn = step.award?.usableUntilOn ?? null
  return {
    ...base,
    key,
    act: 'issue',
    amount: benefit.count,
    from: 'issuance:coalition',
    issuer: 'coalition',
    ...(usableUntilOn !== null && { expiresAt: startOfDay(addDays(usableUntilOn, 1), zone).getTime() }),
  }
}

/** Locks customers in the order of their ids and reads what they were given. */
async function lockAwards(
  transaction: Transaction,
  partyIds: readonly string[],
  now: Date,
): Promise<readonly StoredAward[]> {
  await transaction.query(
    'insert into coalition.member (party_id, seen_at) select *, $2 from unnest($1::uuid[]) on conflict do nothing',
    [partyIds, now],
  )
  await transaction.query('select from coalition.member where party_id = any ($1) order by party_id for update', [
    partyIds,
  ])
  return await transaction.query<StoredAward>(
    `select party_id as "partyId", benefit_id as "benefitId", window_key as "windowKey", generation, earned_on as "earnedOn",
       is_kept as "isKept" from coalition.award where party_id = any ($1)`,
    [partyIds],
  )
}

async function writeAwards(transaction: Transaction, awards: readonly StoredAward[]): Promise<void> {
  const column = <T>(pick: (award: StoredAward) => T) => awards.map(pick)
  await transaction.query(
    `insert into coalition.award (party_id, benefit_id, window_key, generation, earned_on, is_kept)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int4[], $5::date[], $6::bool[])
     on conflict (party_id, benefit_id, window_key, generation) do update set is_kept = excluded.is_kept`,
    [
      column(each => each.partyId),
      column(each => each.benefitId),
      column(each => each.windowKey),
      column(each => each.generation),
      column(each => each.earnedOn),
      column(each => each.isKept),
    ],
  )
}

/** What a customer has earned, what is left of it, and what is missing for the next. */
export async function heldBenefits(house: House, partyId: string): Promise<HeldBenefit[]> {
  const { database } = house
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  const today = localDay(now, zone)
  const all = await readBenefits(database)
  const spent = (await spentOf(house, database, [partyId], zone)).get(partyId)!
  const lots = await database.query<{ asset: string; left: number }>(
    `select asset, sum(available)::bigint as left from ledger.lot
     where party_id = ${ofPerson('$1')} and asset = any ($2) and (expires_at is null or expires_at > $3) group by asset`,
    [partyId, all.map(each => benefitAsset(each.benefitId)), now],
  )
  const left = new Map(lots.map(each => [each.asset, each.left]))
  return all.flatMap(benefit => {
    const { benefitId, name, kind, count, currency, atLeastMinor, untilOn } = benefit
    const usable = left.get(benefitAsset(benefitId)) ?? 0
    if (untilOn !== null && untilOn < today && usable === 0) return []
    const { spentMinor, award, windowEndsOn } = progressOf(benefit, spent, today)
    const missingMinor = award ? 0 : Math.max(0, atLeastMinor - spentMinor)
    const base = { benefitId, name, kind, count, currency, spentMinor, missingMinor, windowEndsOn }
    return [{ ...base, left: usable, isEarned: award !== null }]
  })
}

/** Uses a benefit at a merchant; the same request is done once. */
export async function spendBenefit(
  house: House,
  asked: {
    readonly benefitId: string
    readonly partyId: string
    readonly merchantId: string
    readonly count: number
    readonly requestId: string
  },
): Promise<{ left: number }> {
  const { benefitId, partyId, merchantId, count, requestId } = asked
  const asset = benefitAsset(benefitId)
  return await house.database.transaction(async transaction => {
    const benefit = (await readBenefits(transaction)).find(each => each.benefitId === benefitId)
    if (!benefit || benefit.kind === 'draw-entries') throw refuse('not-found', 'coalition:refusal.no-benefit')
    const [outcomes] = await post(house, transaction, [
      {
        author,
        instructions: [
          {
            key: `${asset} use ${requestId}`,
            partyId,
            asset,
            occurredAt: house.clock.now().getTime(),
            act: 'spend',
            holdId: requestId,
            amount: count,
            to: `redeemed:${merchantId}`,
          },
        ],
      },
    ])
    const outcome = outcomes![0]!
    if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
    await house.live.announce(transaction, ['coalition', 'ledger'])
    const [held] = await transaction.query<{ left: number }>(
      `select sum(available)::bigint as left from ledger.holding where party_id = ${ofPerson('$1')} and asset = $2`,
      [partyId, asset],
    )
    return { left: held?.left ?? 0 }
  })
}
