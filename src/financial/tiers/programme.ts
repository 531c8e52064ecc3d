import { z } from 'zod'
import { ownParty } from '#kernel/access/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import { distributed, type Queryable, reference } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { route } from '#kernel/operation.ts'
import type { Programme, Standing } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { myTier } from './contract-member.ts'
import { editionsAfter, publishTiers, readRules } from './editions.ts'
import { dueJob, hear, heardKinds, rebuildJob, refold } from './hear.ts'
import { countedOf } from './recompute.ts'
import { type TierRules, tierRules } from './rules.ts'
import { standingOn } from './standing.ts'
import { countStandings } from './store.ts'

const tierId = z.string().nullable()
const moved = z.object({ from: tierId, to: tierId, name: z.string().nullable() })
const ending = z.object({ tierId, name: z.string(), dropsOn: z.iso.date(), missing: z.int() })

/** Tiers: who buys much or often is treated better, by thresholds that everybody can read. */
export const tiersProgramme: Programme = {
  name: 'financial/tiers',
  level: 'financial',
  needs: ['points'],
  discretionary: false,
  config: tierRules,
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'tiers.edition': reference, 'tiers.standing': distributed('party_id') },
  vocabulary: { 'tiers.rose': moved, 'tiers.fell': moved, 'tiers.ending': ending },
  listens: heardKinds,
  hear,
  refold,
  standing: standingInWords,
  routes: [
    route(contract.readTiers, async house => {
      const { currency, zone } = await house.settings.business()
      const counts = await countStandings(house.database)
      const todayOn = localDay(house.clock.now(), zone)
      const coming = await editionsAfter(house.database, todayOn)
      return { rules: await readRules(house), coming, usual: usualTiers(currency), counts: listed(counts), todayOn }
    }),
    route(contract.previewTiers, (house, { body }) => preview(house, body.rules)),
    route(contract.changeTiers, async (house, { body, caller }) => {
      const { rules, startsOn } = await publishTiers(house, { ...body, by: actorOf(caller) })
      return { rules, startsOn }
    }),
    route(contract.memberTier, (house, { params }) => memberTier(house, params.partyId)),
    route(myTier, (house, { caller }) => memberTier(house, ownParty(caller))),
  ],
  jobs: [dueJob, rebuildJob],
  schedules: [{ job: 'tiers.due', cron: '7 * * * *' }],
}

/** Example: `{ key: 'tiers:standing', words: { name: 'Gold' } }`; nothing of somebody below the first rung. */
async function standingInWords(house: House, queryable: Queryable, partyId: string): Promise<Standing[]> {
  const rules = await readRules(house, queryable)
  if (!rules) return []
  const { zone } = await house.settings.business(queryable)
  const counted = await countedOf(house, queryable, [partyId], { rules, zone })
  const { tier } = standingOn(rules, counted.get(partyId) ?? [], localDay(house.clock.now(), zone))
  const name = rules.tiers[tier]?.name
  return name === undefined ? [] : [{ key: 'tiers:standing', words: { name } }]
}

function listed(counts: ReadonlyMap<string | null, number>) {
  return [...counts].map(([id, customers]) => ({ tierId: id, customers }))
}

/** Three rungs by what was spent in twelve months: a beginning to change, not advice. */
export function usualTiers(currency: string): TierRules {
  const unit = 10 ** minorDigits(currency)
  return {
    measure: 'spend',
    currency,
    window: { kind: 'rolling', months: 12 },
    tiers: [
      { tierId: 'silver', name: '银 Silver', atLeast: 1000 * unit, rights: [] },
      { tierId: 'gold', name: '金 Gold', atLeast: 3000 * unit, rights: [] },
      { tierId: 'jade', name: '玉 Jade', atLeast: 8000 * unit, rights: [] },
    ],
    graceDays: 30,
    softLanding: true,
    noticeDays: 30,
  }
}

async function preview(house: House, rules: TierRules) {
  const { zone } = await house.settings.business()
  const today = localDay(house.clock.now(), zone)
  const counts = new Map<string | null, number>()
  const moved = { up: 0, same: 0, down: 0 }
  const current = await readRules(house)
  const rows = await house.database.query<{ partyId: string; tierId: string | null }>(
    `select e.party_id as "partyId", s.tier_id as "tierId"
     from (select distinct party_id from events.event where kind = 'purchase.recorded') e
     left join tiers.standing s on s.party_id = e.party_id order by 1`,
  )
  for (let done = 0; done < rows.length; done += 2000) {
    const page = rows.slice(done, done + 2000)
    const counted = await countedOf(
      house,
      house.database,
      page.map(row => row.partyId),
      { rules, zone },
    )
    for (const { partyId, tierId } of page) {
      const { tier } = standingOn(rules, counted.get(partyId) ?? [], today)
      const id = rules.tiers[tier]?.tierId ?? null
      counts.set(id, (counts.get(id) ?? 0) + 1)
      moved[movedFrom(current, { tierId, to: id, rules })]++
    }
  }
  return { counts: listed(counts), ...moved }
}

/** Tiers are the same by their id; others are compared by their place on their ladders. */
function movedFrom(
  current: TierRules | null,
  { tierId, to, rules }: { tierId: string | null; to: string | null; rules: TierRules },
): 'up' | 'same' | 'down' {
  if (tierId === to) return 'same'
  const place = ({ tiers }: TierRules, id: string | null) => tiers.findIndex(tier => tier.tierId === id)
  const isKnown = tierId === null || place(rules, tierId) >= 0
  const before = isKnown ? place(rules, tierId) : current ? place(current, tierId) : -1
  return place(rules, to) > before ? 'up' : 'down'
}

/** Worked out from the log, not read: what is kept is only for lists and for the calendar. */
async function memberTier(house: House, partyId: string): Promise<contract.MemberTier> {
  const rules = await readRules(house)
  if (!rules) return { rules, tier: -1, sinceOn: null, qualified: 0, next: null, drop: null, steps: [] }
  const { zone } = await house.settings.business()
  const counted = await countedOf(house, house.database, [partyId], { rules, zone })
  const standing = standingOn(rules, counted.get(partyId) ?? [], localDay(house.clock.now(), zone))
  const above = rules.tiers[standing.tier + 1]
  const next = above ? { tier: standing.tier + 1, missing: above.atLeast - standing.qualified } : null
  return { rules, ...standing, next, steps: [...standing.steps] }
}
