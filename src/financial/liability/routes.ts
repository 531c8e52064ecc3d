import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { checkReport, keepReport, newest } from './estimate.ts'
import { rollForwardCsv } from './roll-forward.ts'
import * as store from './store.ts'

const reportsShown = 40

/** Who may read the estimate and run either the house or its points may say what is assumed. */
function mayAssume(caller: Caller): boolean {
  if (caller.kind === 'nobody' || caller.kind === 'member') return false
  return caller.permissions.has('settings.manage') || caller.permissions.has('points.manage')
}

async function keptOr(house: House, reportId: string): Promise<store.KeptReport> {
  const kept = await store.findReport(house.database, reportId)
  if (!kept) throw refuse('not-found', 'liability:refusal.no-such-report')
  return kept
}

function shown(kept: store.KeptReport) {
  const { body, ...rest } = kept
  return {
    ...rest,
    asOfAt: kept.asOfAt.toISOString(),
    madeAt: kept.madeAt.toISOString(),
    owedMinor: store.bodyOf({ body }).owedMinor,
  }
}

export const liabilityRoutes: NonNullable<Room['routes']> = [
  route(contract.readLiability, async (house, { caller }) => {
    const assumptions = (await store.readAssumptions(house.database)).at(-1)?.told
    return {
      ...(await newest(house)),
      assumptions: assumptions ?? {
        worthMinorPer100: null,
        costMinorPer100: null,
        breakagePermille: null,
        reason: null,
        agents: [],
      },
      reports: (await store.readReports(house.database, reportsShown)).map(shown),
      mayChange: mayAssume(caller),
    }
  }),
  route(contract.keepLiabilityReport, async (house, { body, caller }) => {
    const kept = await keepReport(house, { asOfOn: body.asOfOn, by: actorOf(caller) })
    if (!kept) throw refuse('conflict', 'liability:refusal.nothing-yet')
    return shown(kept)
  }),
  route(contract.readLiabilityReport, async (house, { params }) => store.bodyOf(await keptOr(house, params.reportId))),
  route(contract.checkLiabilityReport, (house, { params }) => checkReport(house, params.reportId)),
  route(contract.exportLiability, async (house, { query }) => {
    const report = query.reportId ? store.bodyOf(await keptOr(house, query.reportId)) : (await newest(house)).report
    if (!report) throw refuse('conflict', 'liability:refusal.nothing-yet')
    return [rollForwardCsv(report)] as never
  }),
  route(contract.changeLiabilityAssumptions, async (house, { body, caller }) => {
    if (!mayAssume(caller)) throw refuse('forbidden', 'liability:refusal.may-not-assume')
    await house.database.transaction(async transaction => {
      await store.insertAssumptions(transaction, { told: body, at: house.clock.now(), by: actorOf(caller) })
      await house.live.announce(transaction, ['liability'])
    })
    return body
  }),
]
