import { readFileSync } from 'node:fs'
import type { Language } from '#kernel/locale/index.ts'
import type { BaseAudit, Measure, Said } from '../contract.ts'
import { aboutLens, type Lens, leadingFindings, lensesOf } from '../figures/lenses.ts'
import { type Cell, cellText, type Panel, type Table, textOf } from '../figures/panel.ts'
import { type Speech, speechOf } from '../figures/speech.ts'
import { inkOfStyle, svgOf } from './draw.ts'
import { escaped } from './html.ts'

export interface ReportOptions {
  readonly language: Language
  readonly version: string
  t(key: string, values?: Readonly<Record<string, string | number>>): string
}

/** Beside this mark a file is known as a report of ours, which may be written over. */
export const reportMark = '<meta name="generator" content="Guanxi base audit">'

const style = readFileSync(new URL('./report.css', import.meta.url), 'utf8')
const width = 860

/**
 * The audit as one page that needs nothing else: no script, no font, no request. The finding is the title, the reason
 * stands beneath it, the picture is the evidence.
 */
export function reportOf(audit: BaseAudit, { language, version, t }: ReportOptions): string {
  const speech = speechOf(language, t)
  const { source } = audit
  const lenses = lensesOf(audit)
  const values = {
    name: source.name,
    customers: source.customers,
    orders: source.orders,
    from: { day: source.firstOn },
    to: { day: source.lastOn },
    ...(source.revenueMinor !== null && {
      revenue: { amountMinor: source.revenueMinor, currency: source.currency },
    }),
  }
  const say = (key: string, more: Said['values'] = {}) =>
    escaped(speech.say({ key: `audit:${key}`, values: { ...values, ...more } }))
  const title = say('report.title')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${reportMark}
<title>${title}</title>
<style>
${style}</style>
</head>
<body>
<header>
<p class="brand"><span lang="zh-CN">关系</span> Guanxi</p>
<h1>${title}</h1>
<p class="sub">${say(source.revenueMinor === null ? 'report.subtitle' : 'report.subtitle-revenue')}</p>
${source.notes.map(note => `<p class="note">${escaped(speech.say(note))}</p>`).join('\n')}
</header>
<main>
${summary(audit, speech, say('report.summary'))}
${lenses.map((lens, index) => section(lens, index + 1, audit, speech)).join('\n')}
</main>
<footer>
<h2>${say('report.source')}</h2>
${sourceOf(audit, speech, say)}
<p>${say('report.order')}</p>
<p>${say('report.made', { version })}</p>
</footer>
</body>
</html>
`
}

function summary(audit: BaseAudit, speech: Speech, title: string): string {
  const items = leadingFindings(audit, speech).map(
    ({ number, lens, title }) => `<li><a href="#${lens}"><b>${number}</b><span>${escaped(title)}</span></a></li>`,
  )
  return `<nav aria-label="${title}"><ol>${items.join('')}</ol></nav>`
}

function section(lens: Lens, number: number, audit: BaseAudit, speech: Speech): string {
  const say = (key: string, values: Said['values'] = {}) =>
    escaped(speech.say({ key: `audit:lens.${lens.name}.${key}`, values }))
  const isEmpty = lens.panels.length === 0
  return `<section id="${lens.name}">
<div class="lens"><b>${number}</b><h2>${say('name')}</h2><p>${isEmpty ? say('none') : say('about', aboutLens(lens, audit))}</p></div>
${lens.measures.length > 0 ? `<dl class="measures">${lens.measures.map(each => measure(each, speech)).join('')}</dl>` : ''}
${lens.panels.map(panel => figure(panel, speech)).join('\n')}
</section>`
}

function measure({ name, value, why, isInferred }: Measure, speech: Speech): string {
  const label = speech.say({ key: `audit:measure.${name}.name`, values: {} })
  return `<div><dt>${escaped(label)}</dt><dd><strong>${isInferred ? '<mark>' : ''}${escaped(speech.value(value))}${isInferred ? '</mark>' : ''}</strong><small>${escaped(speech.say(why))}</small></dd></div>`
}

function figure({ name, finding, chart, legend, table }: Panel, speech: Speech): string {
  const title = escaped(speech.say(finding.title))
  const picture = chart
    ? `<div class="chart" role="img" aria-label="${title}">${svgOf(chart.draw(inkOfStyle, speech), { width, height: chart.height })}</div>`
    : ''
  const colours = legend
    ? `<p class="legend">${legend.map(({ colour, head }) => `<span><i style="background:var(--${colour})"></i>${escaped(textOf(head, speech))}</span>`).join('')}</p>`
    : ''
  return `<figure id="${name}">
<figcaption><h3>${title}</h3><p>${escaped(speech.say(finding.why))}</p>${finding.notes.map(note => `<p class="note">${escaped(speech.say(note))}</p>`).join('')}</figcaption>
${colours}${picture}${table ? tableOf(table, speech) : ''}
</figure>`
}

function tableOf(table: Table, speech: Speech): string {
  const { heads, rows, dense, scale, folded } = table
  const text = (head: Table['heads'][number]) => escaped(textOf(head, speech))
  const columns = heads.map(
    (head, column) => `<th scope="col"${column === 0 ? ' class="first"' : ''}>${text(head)}</th>`,
  )
  const body = rows.map(
    ({ head, cells, strong, inferred }) =>
      `<tr${strong || inferred ? ` class="${inferred ? 'inferred' : 'strong'}"` : ''}><th scope="row">${text(head)}</th>${cells.map(cell => cellOf(cell, table, speech)).join('')}</tr>`,
  )
  const unit = scale ? `<p class="unit">${escaped(speech.scale(scale.mostMinor, scale.currency).name)}</p>` : ''
  const shown = `${unit}<div class="table"><table${dense ? ' class="dense"' : ''}><thead><tr>${columns.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  if (!folded) return shown
  return `<details><summary>${escaped(speech.say({ key: 'audit:report.numbers', values: {} }))}</summary>${shown}</details>`
}

function cellOf(cell: Cell, table: Table, speech: Speech): string {
  const { heat, bar, cut } = cell
  const styles = [
    heat === undefined ? '' : `--heat:${Math.round(Math.min(1, heat) * 100)}%`,
    bar === undefined ? '' : `--bar:${Math.round(bar * 100)}%`,
  ].filter(Boolean)
  const classes = [heat === undefined ? '' : 'heat', bar === undefined ? '' : 'bar', cut ? 'cut' : ''].filter(Boolean)
  const kind = classes.length > 0 ? ` class="${classes.join(' ')}"` : ''
  const style = styles.length > 0 ? ` style="${styles.join(';')}"` : ''
  return `<td${kind}${style}>${escaped(cellText(cell, table, speech))}</td>`
}

function sourceOf(
  { source }: BaseAudit,
  speech: Speech,
  say: (key: string, values?: Said['values']) => string,
): string {
  const lines = { lines: source.lines ?? source.orders }
  if (source.setAside.length === 0) return source.lines === null ? '' : `<p>${say('report.lines-all', lines)}</p>`
  const items = source.setAside.map(({ reason, lines, valueMinor }) => {
    const money = valueMinor ? ` (${speech.value({ amountMinor: valueMinor, currency: source.currency })})` : ''
    return `<li>${say(`set-aside.${reason}`, { lines })}${escaped(money)}</li>`
  })
  return `<p>${say('report.lines', lines)}</p><ul>${items.join('')}</ul>`
}
