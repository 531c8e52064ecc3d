import { useElementSize } from '@mantine/hooks'
import type { EChartsCoreOption } from 'echarts/core'
import { useEffect, useRef } from 'react'

/** Reads the colour tokens, because a chart draws with values rather than with style sheets. */
export function inkOf(names: readonly string[]): Record<string, string> {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]))
}

/**
 * A chart with its data as a sentence for those who do not see it. The library is loaded when the first chart is shown.
 * `draw` gets the colours of the present scheme.
 */
export function Chart({
  draw,
  label,
  height,
  onPoint,
}: {
  draw: (ink: Record<string, string>) => EChartsCoreOption
  label: string
  height: number
  onPoint?: (data: unknown) => void
}) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const point = useRef(onPoint)
  point.current = onPoint
  useEffect(() => {
    const element = holder.current
    if (!element || width < 40) return
    let gone = false
    let dispose = () => {}
    void import('./echarts.ts').then(({ init }) => {
      if (gone) return
      const chart = init(element, undefined, { renderer: 'svg', width, height })
      const ink = () =>
        inkOf([
          'ink',
          'muted',
          'line',
          'line-strong',
          'surface',
          'paper',
          'hover',
          'jade',
          'jade-soft',
          'vermilion',
          'indigo',
          'inferred',
          'inferred-ink',
          'good',
          'warn',
          'bad',
          'stage-prospect',
          'stage-first-time',
          'stage-building',
          'stage-loyal',
          'stage-drifting',
          'stage-dormant',
          'stage-lost',
        ])
      const paint = () => chart.setOption(draw(ink()), { notMerge: true })
      paint()
      chart.on('click', params => point.current?.(params.data))
      const watch = new MutationObserver(paint)
      watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] })
      dispose = () => {
        watch.disconnect()
        chart.dispose()
      }
    })
    return () => {
      gone = true
      dispose()
    }
  }, [draw, width, height])
  return (
    <div ref={ref} className="chart" style={{ minHeight: height }}>
      <div ref={holder} role="img" aria-label={label} />
    </div>
  )
}
