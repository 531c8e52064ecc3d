/**
 * Whether the ranges of measured effects keep their word: `npm run bench -- effect`. Trials whose truth is known: two groups
 * treated alike, looked at once and every week; a known effect; and how many customers it takes to find one. One JSON line each.
 */
import { tryOften } from './effect-trials.ts'

const say = (measure: string, figures: object) => console.log(JSON.stringify({ bench: 'effect', measure, ...figures }))
const trials = Number(process.env.BENCH_TRIALS ?? 2000)

const alike = tryOften({ treated: 900, heldOut: 150, effectMinor: 0 }, trials, 11)
const off = Math.abs(alike.foundOnce - 0.05)
say('treated alike, one look: ranges without zero', { ...alike, bar: '.05 +- .015', met: off <= 0.015 })

const watched = tryOften({ treated: 900, heldOut: 300, effectMinor: 0, looks: 26 }, trials / 4, 12)
say('treated alike, looked at every week of half a year', {
  ...watched,
  bar: 'range for ever <= .05; the other for contrast',
  met: watched.foundAlways <= 0.05,
})

const known = tryOften({ treated: 900, heldOut: 300, effectMinor: 700 }, trials, 13)
const covers = known.coveredOnce >= 0.935 && known.coveredOnce <= 0.965 && known.coveredAlways >= 0.95
say('a known effect: ranges that hold it', { ...known, bar: 'once .935 to .965, for ever >= .95', met: covers })

// Mean margin of the trial's customers is about 2,000 minor units within the horizon.
for (const [treated, heldOut] of [
  [450, 50],
  [900, 100],
  [1800, 200],
  [4500, 500],
  [2500, 2500],
] as const) {
  for (const effectMinor of [200, 500, 1000]) {
    const { foundAlways, foundOnce } = tryOften({ treated, heldOut, effectMinor }, trials / 10, 14)
    say('power', { treated, heldOut, effectMinor, foundAlways, foundOnce })
  }
}
