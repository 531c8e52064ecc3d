import { customerTypes, listCustomers } from '#insight/rhythm/contract.ts'
import { formatDay, formatMoney } from '#kernel/locale/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { type alertViews, listWarnings } from '#social/warnings/contract.ts'
import { ask, type CommonOptions, houseFor, withProduct } from './product.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

export interface CustomersOptions extends CommonOptions {
  readonly find?: string
  readonly type?: string
  readonly late?: boolean
  readonly sort?: 'risk' | 'late' | 'last' | 'spend' | 'purchases' | 'name'
  readonly limit: string
}

/** `guanxi customers`: who they are, how they come, and who is later than usual. */
export async function customers(options: CustomersOptions, terminal: Terminal): Promise<void> {
  const { language, style, t } = terminal
  const type = customerTypes.find(each => each === options.type)
  if (options.type && !type) throw refuse('invalid', 'cli:refusal.unknown-type', { types: customerTypes })
  const found = await withProduct(options, product =>
    ask(product, houseFor(product, options), terminal, listCustomers, {
      query: {
        find: options.find ?? '',
        ...(type && { type }),
        ...(options.late && { late: 'yes' as const }),
        sort: options.sort ?? (options.late ? 'risk' : 'last'),
        limit: options.limit,
      },
    }),
  )
  const day = (value: string | null) => (value ? formatDay(value, language) : '–')
  terminal.answer(found, () =>
    found.items.length === 0
      ? t('cli:customers.none')
      : [
          table(
            [
              { title: t('cli:column.name') },
              { title: t('cli:column.type') },
              { title: t('cli:column.purchases'), align: 'right' },
              { title: t('cli:column.last') },
              { title: t('cli:column.usual'), align: 'right' },
              { title: t('cli:column.silent'), align: 'right' },
              { title: t('cli:column.late-since') },
              { title: t('cli:column.spend'), align: 'right' },
            ],
            found.items.map(row => [
              row.name,
              t(`rhythm:type.${row.type}.name`),
              String(row.purchases),
              day(row.lastOn),
              row.usualDays === null ? '–' : String(Math.round(row.usualDays)),
              row.silentDays === null ? '–' : String(row.silentDays),
              row.lateSince ? style.bad(day(row.lateSince)) : '',
              row.spendMinor === null ? '–' : formatMoney(row.spendMinor, row.currency, language),
            ]),
            style,
          ),
          style.dim(t('cli:shown', { shown: found.items.length, count: found.total })),
        ].join('\n'),
  )
}

export interface WarningsOptions extends CommonOptions {
  readonly view: (typeof alertViews)[number]
  readonly limit: string
}

/** `guanxi warnings`: this week's contacts, each with its reason. */
export async function warnings(options: WarningsOptions, terminal: Terminal): Promise<void> {
  const { language, style, t } = terminal
  const found = await withProduct(options, product =>
    ask(product, houseFor(product, options), terminal, listWarnings, {
      query: { view: options.view, limit: options.limit },
    }),
  )
  terminal.answer(found, () =>
    found.items.length === 0
      ? t('cli:warnings.none')
      : [
          ...found.items.map(alert =>
            [
              `${style.bold(alert.partyName)}${alert.dueOn ? `  ${style.dim(t('cli:warnings.due', { day: formatDay(alert.dueOn, language) }))}` : ''}`,
              `  ${terminal.sentence(alert.wordsKey, alert.words)}`,
              `  ${style.dim(t(alert.suggestionKey))}`,
            ].join('\n'),
          ),
          style.dim(t('cli:shown', { shown: found.items.length, count: found.total })),
        ].join('\n'),
  )
}
