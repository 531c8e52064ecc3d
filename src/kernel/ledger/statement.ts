import type { Queryable } from '#kernel/database/index.ts'
import { listPostings } from './journal.ts'
import type { AssetKind } from './kinds.ts'
import { joinedProfiles } from './profiles.ts'

interface HoldingRow {
  readonly asset: string
  readonly kind: AssetKind
  readonly pending: number
  readonly available: number
  readonly held: number
  readonly debt: number
}

interface LotRow {
  readonly asset: string
  readonly lotId: string
  readonly issuer: string
  readonly source: string | null
  readonly issued: number
  readonly pending: number
  readonly available: number
  readonly held: number
  readonly maturesAt: Date | null
  readonly expiresAt: Date | null
}

/**
 * What a party holds: the balances as they are usable now, the lots that are alive in the order of their use, the history. Of a
 * person with several profiles, all of them together.
 */
export async function statementOf(database: Queryable, partyId: string, { now, limit }: { now: Date; limit: number }) {
  const profileIds = await joinedProfiles(database, partyId)
  const rows = await database.query<HoldingRow>(
    `select h.asset, a.kind, sum(h.pending)::bigint as pending, sum(h.available)::bigint as available, sum(h.held)::bigint as held,
       sum(h.debt)::bigint as debt
     from ledger.holding h join ledger.asset a using (asset) where h.party_id = any ($1)
     group by h.asset, a.kind order by h.asset`,
    [profileIds],
  )
  const lots = await database.query<LotRow>(
    `select asset, lot_id as "lotId", issuer, source, issued, pending, available, held, matures_at as "maturesAt",
       expires_at as "expiresAt"
     from ledger.lot where party_id = any ($1) and is_alive order by expires_at nulls last, matures_at nulls first, lot_id`,
    [profileIds],
  )
  const { items, next } = await listPostings(database, { profileIds }, { limit })
  const holdings = rows.map(row => {
    const own = lots.filter(lot => lot.asset === row.asset)
    // What has expired cannot be used, whether or not the calendar's job came by to book it.
    const expired = own.filter(lot => lot.expiresAt !== null && lot.expiresAt <= now)
    const gone = expired.reduce((total, lot) => total + lot.available, 0)
    return {
      ...row,
      available: row.available - gone,
      nextExpiry: nextExpiry(own.filter(lot => !expired.includes(lot))),
      lots: own
        .filter(lot => !expired.includes(lot) || lot.held > 0)
        .map(({ asset: _, ...lot }) => ({
          ...lot,
          maturesAt: lot.maturesAt?.toISOString() ?? null,
          expiresAt: lot.expiresAt?.toISOString() ?? null,
        })),
    }
  })
  return { holdings, history: items, next }
}

/** What expires together at the next instant. Example: 5 and 3 on 30 June, 9 on 31 July -> 8 on 30 June. */
function nextExpiry(lots: readonly LotRow[]) {
  const first = lots.find(lot => lot.expiresAt !== null && lot.available > 0)
  if (!first) return null
  const together = lots.filter(lot => lot.expiresAt?.getTime() === first.expiresAt!.getTime())
  return {
    amount: together.reduce((total, lot) => total + lot.available, 0),
    expiresAt: first.expiresAt!.toISOString(),
  }
}
