import { expect, test } from 'vitest'
import type { FeatureName, Reliability } from './contract.ts'
import { reasonToRefit, refitsByItself } from './refit.ts'

const fittedAt = new Date('2026-03-02T18:40:00Z')
const moved = (...features: readonly [FeatureName, number][]) => ({
  features: features.map(([name, psi]) => ({ name, psi, bins: [] })),
})
const judged = (beyond: number, maturedAt: string) => ({
  maturedAt: new Date(maturedAt),
  reliability: { error: beyond + 0.02, errorByChance: 0.02 } as Reliability,
})
const after = '2026-03-03T19:10:00Z'
const before = '2026-03-01T19:10:00Z'

test.each([
  ['nothing is known', null, null, null],
  ['nothing has moved', moved(['recency', 0], ['spend', 0.01]), null, null],
  ['the base moves within what is only watched', moved(['recency', 0.2499]), null, null],
  [
    'it has become another one',
    moved(['spend', 0.02], ['recency', 0.25]),
    null,
    { because: 'drift', feature: 'recency', value: 0.25 },
  ],
  ['a forecast came true as well as chance allows', null, judged(0.08, after), null],
  ['a forecast did not come true', null, judged(0.0801, after), { because: 'live', feature: null }],
  ['it had not come true before the fit, which knows it', null, judged(0.3, before), null],
  ['both: the base is named', moved(['score', 0.4]), judged(0.3, after), { because: 'drift', feature: 'score' }],
])('a reason to learn anew: %s', (_, drift, live, reason) => {
  const found = reasonToRefit({ fittedAt, drift, live })
  if (reason === null) expect(found).toBeNull()
  else expect(found).toMatchObject(reason)
})

test.each([
  ['propose', '2026-03-02', '2026-03-09', false],
  ['by-itself', '2026-03-02', '2026-03-02', false],
  ['by-itself', '2026-03-02', '2026-03-03', true],
] as const)('%s: fitted on %s, found on %s -> asks for a fit: %s', (refit, fittedOn, today, asks) => {
  expect(refitsByItself({ refit }, fittedOn, today)).toBe(asks)
})
