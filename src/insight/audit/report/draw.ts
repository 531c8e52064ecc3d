import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Drawing, Ink } from '../figures/charts.ts'

use([BarChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer])

const tokens = [
  'ink',
  'muted',
  'line',
  'line-strong',
  'surface',
  'paper',
  'good',
  'bad',
  'inferred',
  'inferred-ink',
  'heat-ink',
] as const

/** Colours stay names in the picture, so that one drawing serves light, dark and print. */
export const inkOfStyle: Ink = Object.fromEntries(tokens.map(name => [name, `var(--${name})`]))

/** Draws without a browser. What only a page with scripts would use is taken out again. */
export function svgOf(
  drawing: Drawing,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(drawing)
    return (
      chart
        .renderToSVGString()
        .replace(/<style[\s\S]*?<\/style>/g, '')
        // Nothing is drawn beyond its axes; and cutting it there would name each cut by a number that counts up for ever.
        .replace(/<defs[\s\S]*?<\/defs>/g, '')
        .replace(
          / (?:clip-path|ecmeta_\w+|pointer-events|class|xml:space|baseProfile|version|xmlns:xlink)="[^"]*"/g,
          '',
        )
        .replace(/<rect[^>]*fill="none"><\/rect>/, '')
        .replace('<svg width="', '<svg aria-hidden="true" width="')
        .replace(/<[^>]+>/g, tag => tag.replaceAll(/(\d\.\d)\d+/g, '$1'))
        // The page says in which type its pictures are set.
        .replaceAll(/font-family:[^;"]*;?/g, '')
        .replaceAll('\n', '')
    )
  } finally {
    chart.dispose()
  }
}
