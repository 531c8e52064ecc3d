import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { permissions } from '#kernel/access/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { allRooms, openTestServer, type TestServer } from '../src/http/testing/open-server.ts'
import { guanxi } from './adapters/guanxi.ts'
import { naiveSystem } from './adapters/naive.ts'
import { cases } from './cases.ts'
import { check, report } from './check.ts'

describe('Guanxi, asked over HTTP', () => {
  let server: TestServer
  let system: ReturnType<typeof guanxi>
  beforeAll(async () => {
    server = await openTestServer({ rooms: allRooms, start: '2026-03-01T04:00:00Z' })
    const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
    const { clock } = server.house
    const { authorization } = await server.key(...permissions)
    system = guanxi({
      url,
      key: authorization.slice('Bearer '.length),
      now: () => clock.now(),
      passDays: async days => clock.advanceDays(days),
    })
    await system.start()
    await server.house.performWaiting()
  })
  afterAll(() => server?.close())

  it.each(cases)('$id: $rule', async each => {
    const [checked] = await check(system, [each])
    expect(checked, checked!.why).toMatchObject({ verdict: 'held' })
  })

  it('says of what it cannot do that it was not run', async () => {
    const checked = await check(
      { ...system, can: new Set([...system.can].filter(each => each !== 'merge')) },
      cases.filter(each => each.needs.includes('merge')),
    )
    expect(checked.map(each => each.verdict)).toEqual(['not-run'])
  })

  it('leaves a ledger that adds up', async () => {
    expect((await verifyLedger(server.house.database)).filter(finding => finding.faults > 0)).toEqual([])
  })
})

describe('a system written on a first afternoon', () => {
  it.each(cases)('is found to break “$rule”', async each => {
    const system = naiveSystem()
    await system.start()
    const [checked] = await check(system, [each])
    expect(checked, checked!.why).toMatchObject({ verdict: 'broken' })
  })
})

test('every case names where its mistake was seen, and the report sums up', async () => {
  for (const { evidence } of cases) expect(evidence.every(address => address.startsWith('https://'))).toBe(true)
  expect(new Set(cases.map(each => each.id)).size).toBe(cases.length)
  const system = { ...naiveSystem(), can: new Set<never>() }
  const text = report(system, await check(system))
  expect(text).toMatch(/^✗ refund-takes-points-back/m)
  expect(text).toMatch(/seen: https:/)
  expect(text.split('\n').at(-1)).toMatch(/0 held|\d+ broken/)
})
