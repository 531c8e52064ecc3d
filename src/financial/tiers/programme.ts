import { z } from 'zod'
import { localDay } from '#kernel/clock/index.ts'
import { distributed } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { route } from '#kernel/operation.ts'
import type { Programme } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { dueJob, hear, heardKinds, rebuildJob, refold } from './hear.ts'
import { countedOf, readRules, settingsName } from './recompute.ts'
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
  tables: { 'tiers.standing': distributed('party_id') },
  vocabulary: { 'tiers.rose': moved, 'tiers.fell': moved, 'tiers.ending': ending },
  listens: heardKinds,
  hear,
  refold,
  routes: [
    route(contract.readTiers, async house => {
      const { currency } = await house.settings.business()
      const counts = await countStandings(house.database)
      return { rules: await readRules(house), usual: usualTiers(currency), counts: listed(counts) }
    }),
    route(contract.previewTiers, async (house, { body }) => ({ counts: listed(await preview(house, body.rules)) })),
    route(contract.changeTiers, async (house, { body }) => {
      await house.database.transaction(async transaction => {
        await house.settings.write(transaction, settingsName, body)
        await house.jobs.enqueue(transaction, 'tiers.rebuild', {}, { key: 'tiers.rebuild' })
        await house.live.announce(transaction, ['points', 'jobs'])
      })
      return body
    }),
    route(contract.memberTier, (house, { params }) => memberTier(house, params.partyId)),
  ],
  jobs: [dueJob, rebuildJob],
  schedules: [{ job: 'tiers.due', cron: '7 * * * *' }],
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

async function preview(house: House, rules: TierRules): Promise<Map<string | null, number>> {
  const { zone } = await house.settings.business()
  const today = localDay(house.clock.now(), zone)
  const counts = new Map<string | null, number>()
  const rows = await house.database.query<{ partyId: string }>(
    `select distinct party_id as "partyId" from events.event where kind = 'purchase.recorded' order by 1`,
  )
  for (let done = 0; done < rows.length; done += 2000) {
    const partyIds = rows.slice(done, done + 2000).map(row => row.partyId)
    const counted = await countedOf(house, house.database, partyIds, { rules, zone })
    for (const partyId of partyIds) {
      const { tier } = standingOn(rules, counted.get(partyId) ?? [], today)
      const id = rules.tiers[tier]?.tierId ?? null
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
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
