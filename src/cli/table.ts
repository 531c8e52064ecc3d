import Table from 'cli-table3'
import type { Style } from './terminal.ts'

/** Columns under their titles, wide characters counted as wide; numbers to the right. */
export function table(
  columns: readonly { readonly title: string; readonly align?: 'right' }[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const none = ['top', 'bottom', 'left', 'right', 'mid', 'middle']
  const drawing = new Table({
    head: columns.map(({ title }) => style.bold(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: Object.fromEntries(
      [
        ...none.flatMap(side => [
          side,
          `${side}-left`,
          `${side}-mid`,
          `${side}-right`,
          `left-${side}`,
          `right-${side}`,
        ]),
        ...['mid-mid', 'top-left', 'bottom-left'],
      ].map(side => [side, side === 'middle' ? '  ' : '']),
    ),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  drawing.push(...rows.map(row => [...row]))
  return drawing
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}
