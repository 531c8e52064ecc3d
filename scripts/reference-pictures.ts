import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { init } from 'echarts'
import { bgBb, bgNbd, gammaGamma, logGamma, mbgCnbdK, mbgNbd, nbd, paretoNbd, sBg } from '#statistics/index.ts'

/**
 * The pictures of docs/reference, drawn from the models themselves with published parameters.
 * Run: `npx node --conditions=source scripts/reference-pictures.ts`
 */
const folder = join(import.meta.dirname, '../docs/images/reference')

const ink = '#211d19'
const muted = '#6b6259'
const colours = ['#1c7457', '#b93f2b', '#35508a', '#8f5600']

// CDNOW sample, 39 weeks (Fader, Hardie & Lee 2005), in weeks; grocery as fitted with BTYDplus.
const cdnow = {
  nbd: { r: 0.3848, alpha: 12.072 },
  pareto: { r: 0.5533, alpha: 10.578, s: 0.606, beta: 11.66 },
  bg: { r: 0.2426, alpha: 4.4137, a: 0.793, b: 2.4262 },
  mbg: { r: 0.5248, alpha: 6.1831, a: 0.8914, b: 1.614 },
  spend: { p: 6.2493, q: 3.7443, gamma: 15.4443 },
}
const grocery = { k: 2, r: 1.3292, alpha: 2.8126, a: 0.4247, b: 0.79 }

interface Line {
  readonly label: string
  readonly points: readonly (readonly [number, number])[]
  readonly bars?: boolean
}

interface Picture {
  readonly title: string
  readonly across: string
  readonly up: string
  readonly percent?: boolean
  readonly lines: readonly Line[]
}

function range(from: number, to: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps)
}

function line(label: string, xs: readonly number[], of: (x: number) => number): Line {
  return { label, points: xs.map(x => [x, of(x)] as const) }
}

const counts = range(0, 8, 8)
const silence = range(0, 78, 156)

function gammaGapDensity(k: number, mean: number): (gap: number) => number {
  const rate = k / mean
  return gap =>
    gap === 0 ? (k === 1 ? rate : 0) : Math.exp(k * Math.log(rate) + (k - 1) * Math.log(gap) - rate * gap - logGamma(k))
}

const pictures: Record<string, Picture> = {
  nbd: {
    title: 'Repeat purchases in the first year: without leaving, and with',
    across: 'repeat purchases within 52 weeks',
    up: 'share of new customers',
    percent: true,
    lines: [
      { ...line('NBD', counts, count => nbd.purchaseCountProbability(cdnow.nbd, count, 52)), bars: true },
      {
        ...line('Pareto/NBD', counts, count => paretoNbd.purchaseCountProbability(cdnow.pareto, count, 52)),
        bars: true,
      },
    ],
  },
  'pareto-nbd': {
    title: 'The more often she came, the sooner silence speaks',
    across: 'weeks of silence after 26 weeks of buying',
    up: 'chance that she is still a customer',
    percent: true,
    lines: [1, 3, 8].map(purchases =>
      line(`${purchases} repeat purchase${purchases > 1 ? 's' : ''}`, silence, weeks =>
        paretoNbd.probabilityAlive(cdnow.pareto, { purchases, recency: 26, observed: 26 + weeks }),
      ),
    ),
  },
  'bg-nbd': {
    title: 'Last seen in week 20 of 39: who bought more often is more surely gone',
    across: 'repeat purchases by week 20',
    up: 'expected purchases in the next 52 weeks',
    lines: [
      line('BG/NBD', range(1, 25, 24), purchases =>
        bgNbd.expectedPurchases(cdnow.bg, { purchases, recency: 20, observed: 39 }, 52),
      ),
      line('Pareto/NBD', range(1, 25, 24), purchases =>
        paretoNbd.expectedPurchases(cdnow.pareto, { purchases, recency: 20, observed: 39 }, 52),
      ),
    ],
  },
  'mbg-nbd': {
    title: 'Bought once, then silence: what three models say',
    across: 'weeks since the only purchase',
    up: 'chance that she is still a customer',
    percent: true,
    lines: [
      line('BG/NBD', silence, observed => bgNbd.probabilityAlive(cdnow.bg, { purchases: 0, recency: 0, observed })),
      line('MBG/NBD', silence, observed => mbgNbd.probabilityAlive(cdnow.mbg, { purchases: 0, recency: 0, observed })),
      line('Pareto/NBD', silence, observed =>
        paretoNbd.probabilityAlive(cdnow.pareto, { purchases: 0, recency: 0, observed }),
      ),
    ],
  },
  'bg-cnbd-k': {
    title: 'Four weeks on average: pure chance, and habit',
    across: 'weeks between two purchases',
    up: 'how often such a gap occurs',
    lines: [1, 2, 6].map(k => line(`k = ${k}`, range(0, 14, 140), gammaGapDensity(k, 4))),
  },
  'mbg-cnbd-k': {
    title: 'She comes every 2 weeks: what we expect as we get to know her',
    across: 'gaps of two weeks seen so far',
    up: 'weeks until the next purchase',
    lines: [0.9, 0.5, 0.1].map(share =>
      line(`${Math.round(share * 100)} in 100 are back`, range(0, 12, 12), gaps =>
        mbgCnbdK.nextPurchaseQuantile(
          grocery,
          { purchases: gaps, recency: 2 * gaps, observed: 2 * gaps, logGapSum: gaps * Math.log(2) },
          share,
        ),
      ),
    ),
  },
  'gamma-gamma': {
    title: 'One large order does not make a large customer',
    across: 'mean spend seen so far',
    up: 'expected spend per purchase',
    lines: [1, 3, 10].map(purchases =>
      line(`after ${purchases} purchase${purchases > 1 ? 's' : ''}`, range(1, 150, 149), mean =>
        gammaGamma.expectedSpend(cdnow.spend, purchases, mean),
      ),
    ),
  },
  'bg-bb': {
    title: 'Six years of donations: when was the last one?',
    across: 'year of the last donation (of 6)',
    up: 'chance to be a donor in year 7',
    percent: true,
    lines: [1, 2, 4].map(purchases =>
      line(`${purchases} donation${purchases > 1 ? 's' : ''}`, range(purchases, 6, 6 - purchases), recency =>
        bgBb.probabilityAlive(
          { alpha: 1.2035, beta: 0.7497, gamma: 0.6568, delta: 2.7838 },
          { purchases, recency, opportunities: 6 },
          1,
        ),
      ),
    ),
  },
  sbg: {
    title: 'Retention rises although nobody grows more loyal: the others have left',
    across: 'year',
    up: 'share of customers',
    percent: true,
    lines: [
      line('still customers', range(0, 12, 12), year => sBg.survival({ a: 0.668, b: 3.806 }, year)),
      line('renewing this year', range(1, 12, 11), year => sBg.retentionRate({ a: 0.668, b: 3.806 }, year)),
    ],
  },
}

function draw({ title, across, up, percent, lines }: Picture): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 400 })
  const show = (value: number) => (percent ? `${Math.round(value * 100)} %` : String(Number(value.toPrecision(3))))
  const isBars = lines.some(({ bars }) => bars)
  chart.setOption({
    animation: false,
    backgroundColor: '#fffefb',
    color: colours,
    textStyle: { fontFamily: "Inter, 'Segoe UI', system-ui, sans-serif", color: ink },
    title: { text: title, left: 20, top: 14, textStyle: { fontSize: 16, fontWeight: 600, color: ink } },
    grid: { left: 64, right: isBars ? 44 : 150, top: 74, bottom: 56 },
    ...(isBars ? { legend: { top: 42, right: 40, icon: 'circle', textStyle: { color: muted } } } : {}),
    xAxis: {
      type: isBars ? 'category' : 'value',
      name: across,
      nameLocation: 'middle',
      nameGap: 32,
      nameTextStyle: { color: muted },
      axisLine: { lineStyle: { color: '#b8ad9f' } },
      axisLabel: { color: muted },
      splitLine: { show: false },
      ...(isBars
        ? {}
        : { min: lines[0]!.points[0]![0], max: Math.max(...lines.flatMap(l => l.points.map(([x]) => x))) }),
    },
    yAxis: {
      type: 'value',
      min: 0,
      name: up,
      nameTextStyle: { color: muted, align: 'left', padding: [0, 0, 0, -44] },
      axisLabel: { color: muted, formatter: show },
      splitLine: { lineStyle: { color: '#e9e2d8' } },
    },
    series: lines.map(({ label, points, bars }) =>
      bars
        ? { type: 'bar', name: label, data: points.map(([, y]) => y), barGap: '10%' }
        : {
            type: 'line',
            name: label,
            data: points,
            showSymbol: points.length <= 14,
            symbolSize: 6,
            lineStyle: { width: 2.5 },
            endLabel: { show: true, formatter: label, color: 'inherit', fontSize: 13, distance: 8 },
            // Lines that end together keep their names apart.
            labelLayout: { moveOverlap: 'shiftY' },
          },
    ),
  } as never)
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

mkdirSync(folder, { recursive: true })
for (const [name, picture] of Object.entries(pictures)) {
  writeFileSync(join(folder, `${name}.svg`), `${draw(picture)}\n`)
  console.log(`docs/images/reference/${name}.svg`)
}
