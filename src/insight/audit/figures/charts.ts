/** Colours by the names of the tokens: values on a page, variables in a report. */
export type Ink = Readonly<Record<string, string>>

/** A chart as the drawing library reads it. */
export type Drawing = Readonly<Record<string, unknown>>

export interface Axis {
  readonly labels: readonly string[]
  readonly name?: string
}

const font = { fontSize: 12 }

function frame(ink: Ink, { top = 12, right = 16, bottom = 8, left = 8 } = {}): Drawing {
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink.muted, ...font },
    grid: { top, right, bottom, left, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
  }
}

function categories(ink: Ink, { labels, name }: Axis, extra: Drawing = {}): Drawing {
  return {
    type: 'category',
    data: labels,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink['line-strong'] } },
    axisLabel: { color: ink.muted, hideOverlap: true, ...font },
    ...(name && named(ink, name)),
    ...extra,
  }
}

const named = (ink: Ink, name: string): Drawing => ({
  name,
  nameLocation: 'middle',
  nameGap: 30,
  nameTextStyle: { color: ink.muted, ...font },
})

function amounts(ink: Ink, show: (value: number) => string, extra: Drawing = {}): Drawing {
  return {
    type: 'value',
    splitNumber: 4,
    axisLabel: { color: ink.muted, formatter: show, ...font },
    splitLine: { lineStyle: { color: ink.line } },
    ...extra,
  }
}

const still = { silent: true, emphasis: { disabled: true } }

/** Bars with their own numbers on top where there are few, else with an axis; `strong` is the one the title is about. */
export function bars(
  ink: Ink,
  {
    axis,
    values,
    show,
    strong = () => false,
  }: {
    readonly axis: Axis
    readonly values: readonly number[]
    readonly show: (value: number) => string
    readonly strong?: (index: number) => boolean
  },
): Drawing {
  const labelled = values.length <= 12
  return {
    ...frame(ink, { top: labelled ? 26 : 12, bottom: axis.name ? 26 : 4 }),
    xAxis: categories(ink, axis),
    yAxis: amounts(ink, show, labelled ? { show: false } : {}),
    series: [
      {
        type: 'bar',
        barCategoryGap: '22%',
        data: values.map((value, index) => ({
          value,
          itemStyle: { color: strong(index) ? ink.ink : ink['line-strong'], borderRadius: [2, 2, 0, 0] },
        })),
        label: {
          show: labelled,
          position: 'top',
          color: ink.ink,
          formatter: ({ value }: { value: number }) => show(value),
          ...font,
        },
        ...still,
      },
    ],
  }
}

/** Layers on top of each other over time, the lowest first. */
export function stacked(
  ink: Ink,
  {
    axis,
    layers,
    show,
  }: {
    readonly axis: Axis
    readonly layers: readonly { readonly colour: string; readonly values: readonly number[] }[]
    readonly show: (value: number) => string
  },
): Drawing {
  return {
    ...frame(ink),
    xAxis: categories(ink, axis),
    yAxis: amounts(ink, show),
    series: layers.map(({ colour, values }) => ({
      type: 'bar',
      stack: 'all',
      barCategoryGap: '18%',
      itemStyle: { color: colour, borderColor: ink.paper, borderWidth: 0.5 },
      data: values,
      ...still,
    })),
  }
}

/** What led from one amount to the next: each step hangs where the one before ended. */
export function waterfall(
  ink: Ink,
  {
    axis,
    steps,
    show,
  }: {
    readonly axis: Axis
    /** `whole` steps stand on the ground. */
    readonly steps: readonly { readonly value: number; readonly whole?: boolean }[]
    readonly show: (value: number) => string
  },
): Drawing {
  let level = 0
  const placed = steps.map(({ value, whole }) => {
    const from = whole ? 0 : level
    level = whole ? value : level + value
    return { low: Math.min(from, level), high: Math.max(from, level), value, whole }
  })
  return {
    ...frame(ink, { top: 26 }),
    xAxis: categories(ink, axis, {
      axisLabel: { color: ink.muted, interval: 0, width: 96, overflow: 'break', ...font },
    }),
    yAxis: amounts(ink, show, { show: false }),
    series: [
      {
        type: 'bar',
        stack: 'bridge',
        barCategoryGap: '30%',
        itemStyle: { color: 'transparent' },
        data: placed.map(({ low }) => low),
        ...still,
      },
      {
        type: 'bar',
        stack: 'bridge',
        data: placed.map(({ low, high, value, whole }) => ({
          value: high - low,
          itemStyle: {
            color: whole ? ink.muted : value < 0 ? ink.bad : ink.good,
            borderRadius: 2,
          },
        })),
        label: {
          show: true,
          position: 'top',
          color: ink.ink,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const { value, whole } = placed[dataIndex]!
            return `${!whole && value > 0 ? '+' : ''}${show(value)}`
          },
          ...font,
        },
        ...still,
      },
    ],
  }
}

/** Shares against shares: the curve, and the straight line of perfect equality. */
export function shareCurve(
  ink: Ink,
  {
    points,
    mark,
    names,
    show,
    said,
  }: {
    readonly points: readonly (readonly [number, number])[]
    readonly mark: readonly [number, number]
    readonly names: readonly [x: string, y: string]
    readonly show: (value: number) => string
    readonly said: string
  },
): Drawing {
  const axis = (name: string, extra: Drawing) =>
    amounts(ink, show, { min: 0, max: 1, interval: 0.25, ...named(ink, name), ...extra })
  return {
    ...frame(ink, { top: 16, bottom: 26, left: 30 }),
    xAxis: axis(names[0], { splitLine: { show: false }, axisLine: { lineStyle: { color: ink['line-strong'] } } }),
    yAxis: axis(names[1], { nameGap: 44 }),
    series: [
      {
        type: 'line',
        symbol: 'none',
        lineStyle: { color: ink['line-strong'], type: 'dashed', width: 1 },
        data: [
          [0, 0],
          [1, 1],
        ],
        ...still,
      },
      { type: 'line', symbol: 'none', lineStyle: { color: ink.ink, width: 2 }, data: points, ...still },
      {
        type: 'line',
        symbolSize: 9,
        lineStyle: { width: 0 },
        itemStyle: { color: ink.ink, borderColor: ink.paper, borderWidth: 2 },
        data: [mark],
        label: { show: true, position: 'right', distance: 10, formatter: said, color: ink.ink, ...font },
        ...still,
      },
    ],
  }
}

export interface Line {
  readonly colour: string
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
  readonly dots?: boolean
  /** Said at the end of the line. */
  readonly label?: string
  readonly band?: {
    readonly low: readonly (number | null)[]
    readonly high: readonly (number | null)[]
    readonly colour: string
  }
}

/** Lines over the same places, each with its name at its end, and with its interval as a band. */
export function lines(
  ink: Ink,
  {
    axis,
    of,
    show,
    max,
    right = 16,
    split,
    splitSaid,
  }: {
    readonly axis: Axis
    readonly of: readonly Line[]
    readonly show: (value: number) => string
    readonly max?: number
    readonly right?: number
    /** The place at which a forecast begins, and how it is called. */
    readonly split?: number
    readonly splitSaid?: string
  },
): Drawing {
  const between = (line: Line, index: number) =>
    line.band
      ? [
          {
            type: 'line',
            symbol: 'none',
            stack: `band ${index}`,
            lineStyle: { width: 0 },
            data: line.band.low,
            ...still,
          },
          {
            type: 'line',
            symbol: 'none',
            stack: `band ${index}`,
            lineStyle: { width: 0 },
            areaStyle: { color: line.band.colour, opacity: 1 },
            data: line.band.high.map((high, at) => (high === null ? null : high - (line.band!.low[at] ?? 0))),
            ...still,
          },
        ]
      : []
  const border =
    split === undefined || split < 0
      ? []
      : [
          {
            type: 'line',
            data: [],
            markLine: {
              symbol: 'none',
              silent: true,
              lineStyle: { color: ink.muted, type: 'solid', width: 1 },
              label: {
                formatter: splitSaid ?? '',
                color: ink.muted,
                position: 'insideEndTop',
                rotate: 0,
                align: 'left',
                padding: [0, 0, 0, 6],
                ...font,
              },
              data: [{ xAxis: split }],
            },
          },
        ]
  return {
    ...frame(ink, { right, bottom: axis.name ? 26 : 8 }),
    xAxis: categories(ink, axis, { boundaryGap: of.some(({ dots }) => dots) }),
    yAxis: amounts(ink, show, { min: 0, ...(max !== undefined && { max }) }),
    series: [
      ...of.flatMap(between),
      ...border,
      ...of.map(({ colour, values, dashed, dots, label }) => ({
        type: 'line',
        symbol: dots ? 'circle' : 'none',
        symbolSize: 6,
        lineStyle: { color: colour, width: 2, type: dashed ? 'dashed' : 'solid' },
        itemStyle: { color: colour },
        data: values,
        z: 5,
        ...(label && { endLabel: { show: true, formatter: label, color: colour, ...font } }),
        ...still,
      })),
    ],
  }
}

/** Two bars side by side at each place, with their numbers on top. */
export function pairedBars(
  ink: Ink,
  {
    axis,
    of,
    show,
  }: {
    readonly axis: Axis
    readonly of: readonly { readonly colour: string; readonly values: readonly number[] }[]
    readonly show: (value: number) => string
  },
): Drawing {
  return {
    ...frame(ink, { top: 26, bottom: axis.name ? 26 : 4 }),
    xAxis: categories(ink, axis),
    yAxis: amounts(ink, show, { show: false }),
    series: of.map(({ colour, values }) => ({
      type: 'bar',
      barCategoryGap: '24%',
      barGap: '8%',
      itemStyle: { color: colour, borderRadius: [2, 2, 0, 0] },
      data: values,
      label: {
        show: true,
        position: 'top',
        color: ink.ink,
        formatter: ({ value }: { value: number }) => show(value),
        ...font,
        fontSize: 11,
      },
      ...still,
    })),
  }
}
