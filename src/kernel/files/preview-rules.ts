import type { House } from '#kernel/house.ts'
import { recogniseProfiles } from '#kernel/parties/index.ts'
import type { RuledTarget } from './contract.ts'
import { keptFile } from './imports.ts'
import { ours, rulesOf } from './overwrite.ts'
import { rowRule } from './rows.ts'
import type { StagedCustomer } from './staged.ts'
import { importRow, mappingOf } from './store.ts'
import { openTable } from './table.ts'
import { profilesBefore, saidBy, sightingOf, weigh } from './weigh.ts'

const samplesShown = 3

/** What the beginning of a file says about known customers, so that a rule is chosen by what it would do. */
export async function previewRules(house: House, importId: string) {
  const row = await importRow(house.database, importId)
  const rules = rulesOf(row.columns)
  const path = await keptFile(house, importId)
  const { encoding, delimiter } = row.options
  const { sample } = await openTable(path, { format: row.format, gzip: row.gzip }, { encoding, delimiter })
  const read = rowRule(mappingOf(row), sample.headers, house.clock.now())
  const customers = new Map<string, StagedCustomer>()
  for (const [index, cells] of sample.rows.entries()) {
    const { profile } = read(cells, index + 2)
    if (profile) customers.set(profile.key, stagedFrom(profile))
  }
  const list = [...customers.values()]
  const partyIds = await recogniseProfiles(house, house.database, list.map(sightingOf))
  const states = await profilesBefore(house.database, partyIds)
  const weighed = await weigh(house.database, rules, partyIds, list, row.created_at)
  const columns = [...rules].map(([target, rule]) => {
    const written = weighed.filter(({ take }) => take[target] !== undefined).length
    let empty = 0
    let different = 0
    const samples: { ours: string; theirs: string }[] = []
    for (const [index, customer] of list.entries()) {
      const state = states.get(partyIds[index] ?? '')
      const theirs = saidBy(customer)[target]
      if (!state || !theirs) continue
      const mine = ours(state)[target]
      if (!mine) empty++
      else if (mine !== theirs) {
        different++
        const isShown = samples.some(sample => sample.ours === mine && sample.theirs === theirs)
        if (!isShown && samples.length < samplesShown) samples.push({ ours: mine, theirs })
      }
    }
    return { target: target as RuledTarget, rule, empty, different, written, samples }
  })
  return { customers: list.length, known: partyIds.filter(id => id !== undefined).length, columns }
}

function stagedFrom(profile: {
  readonly key: string
  readonly customerId: string
  readonly email: string
  readonly phone: string
  readonly name: string
  readonly familyName: string
  readonly givenName: string
  readonly birthday: string
  readonly city: string
  readonly country: string
  readonly saidAt: string
}): StagedCustomer {
  return {
    customer_key: profile.key,
    customer_id: profile.customerId || null,
    email: profile.email || null,
    phone: profile.phone || null,
    name: profile.name || null,
    family_name: profile.familyName || null,
    given_name: profile.givenName || null,
    birthday: profile.birthday || null,
    city: profile.city || null,
    country: profile.country || null,
    said_at: profile.saidAt ? new Date(profile.saidAt) : null,
  }
}
