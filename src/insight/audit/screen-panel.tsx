import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '../../../web/kit/chart.tsx'
import type { Cell, Panel, Table } from './figures/panel.ts'
import { cellText, textOf } from './figures/panel.ts'
import type { Speech } from './figures/speech.ts'

/** One finding with its evidence: the title says it, the sentence says why, chart or table shows it. */
export function PanelFigure({ panel, speech, isLeading }: { panel: Panel; speech: Speech; isLeading: boolean }) {
  const { finding, chart, legend, table } = panel
  const title = speech.say(finding.title)
  const draw = useCallback(
    (ink: Record<string, string>) => ({
      ...chart?.draw(ink, speech),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    }),
    [chart, speech],
  )
  return (
    <figure className="audit-figure">
      <figcaption>
        {/* The leading finding is the title of the page already. */}
        <h2 className={isLeading ? 'visually-hidden' : undefined}>{title}</h2>
        <p className="muted">{speech.say(finding.why)}</p>
        {finding.notes.map(note => (
          <p key={note.key} className="audit-note">
            {speech.say(note)}
          </p>
        ))}
      </figcaption>
      {legend ? (
        <p className="audit-legend">
          {legend.map(({ colour, head }) => (
            <span key={textOf(head, speech)}>
              <i style={{ background: `var(--${colour})` }} />
              {textOf(head, speech)}
            </span>
          ))}
        </p>
      ) : null}
      {chart ? <Chart draw={draw} label={title} height={chart.height} /> : null}
      {table ? <PanelTable table={table} speech={speech} label={title} /> : null}
    </figure>
  )
}

function PanelTable({ table, speech, label }: { table: Table; speech: Speech; label: string }) {
  const { t } = useTranslation()
  const { scale } = table
  const shown = (
    <>
      {scale ? <p className="muted small">{speech.scale(scale.mostMinor, scale.currency).name}</p> : null}
      {/* A wide table scrolls by itself, also by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <section className="audit-scroll" tabIndex={0} aria-label={label}>
        <table className={table.dense ? 'audit-dense' : 'table table-small audit-table'}>
          <thead>
            <tr>
              {table.heads.map((head, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
                <th key={column} scope="col" className={column > 0 ? 'right' : undefined}>
                  {textOf(head, speech)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(row => (
              <tr
                key={textOf(row.head, speech)}
                className={row.inferred ? 'audit-inferred' : row.strong ? 'strong' : undefined}
              >
                <th scope="row">{textOf(row.head, speech)}</th>
                {row.cells.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
                  <PanelCell key={column} cell={cell} table={table} speech={speech} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
  if (!table.folded) return shown
  return (
    <details className="folded">
      <summary>{t('audit:report.numbers')}</summary>
      {shown}
    </details>
  )
}

function PanelCell({ cell, table, speech }: { cell: Cell; table: Table; speech: Speech }) {
  const { heat, bar, cut } = cell
  const names = [
    'right',
    heat === undefined ? '' : 'audit-heat',
    bar === undefined ? '' : 'audit-bar',
    cut ? 'audit-cut' : '',
  ]
  const style: Record<string, string> = {
    ...(heat !== undefined && { '--heat': `${Math.round(Math.min(1, heat) * 100)}%` }),
    ...(bar !== undefined && { '--bar': `${Math.round(bar * 100)}%` }),
  }
  return (
    <td className={names.filter(Boolean).join(' ')} style={style}>
      {cellText(cell, table, speech)}
    </td>
  )
}
