import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  checkOpening,
  mapOpening,
  type Opening,
  readOpening,
  runOpening,
  uploadOpening,
} from '#financial/opening/contract.ts'
import { formatMoney } from '#kernel/locale/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { ask, type CommonOptions, houseFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

export interface BalancesOptions extends CommonOptions {
  readonly dryRun?: boolean
  readonly asset?: string
  readonly dateOrder?: 'ymd' | 'dmy' | 'mdy'
  readonly encoding?: 'utf-8' | 'gb18030' | 'utf-16le'
}

/** `guanxi balances import`: the steps of the Data page in one go. What only a person can say is asked for by its option. */
export async function importBalances(path: string, options: BalancesOptions, terminal: Terminal): Promise<void> {
  const size = await stat(path).catch(() => undefined)
  if (!size?.isFile()) throw refuse('not-found', 'cli:refusal.no-file', { path })
  const done = await withProduct(
    options,
    async product => {
      const house = houseFor(product, options)
      const file = { name: basename(path), stream: createReadStream(path) }
      const uploaded = await ask(product, house, terminal, uploadOpening, { file })
      const params = { importId: uploaded.importId }
      const { columns, asset, dateOrder, encoding } = uploaded
      const mapped = await ask(product, house, terminal, mapOpening, {
        params,
        body: {
          columns: columns.map(({ column, field }) => ({ column, field })),
          asset: options.asset ?? asset,
          dateOrder: options.dateOrder ?? dateOrder,
          encoding: options.encoding ?? encoding,
        },
      })
      if (mapped.questions.length > 0) {
        const meaning = mapped.columns.map(({ name, field }) => `${name} → ${field ?? '?'}`)
        throw refuse('invalid', 'cli:refusal.open-questions', { questions: mapped.questions, columns: meaning })
      }
      const follow = async (operation: typeof checkOpening | typeof runOpening): Promise<Opening> => {
        let state = await ask(product, house, terminal, operation, { params })
        while (state.state === 'checking' || state.state === 'running') {
          await pause(200)
          state = await ask(product, house, terminal, readOpening, { params })
          terminal.progress(terminal.t('opening:progress', { done: state.done }))
        }
        if (state.failure) throw refuse('invalid', state.failure)
        return state
      }
      const checked = await follow(checkOpening)
      return options.dryRun ? checked : follow(runOpening)
    },
    { works: true },
  )
  terminal.answer(done, () => textOf(done, terminal))
}

function textOf({ state, totals, posted }: Opening, { t, style, language }: Terminal): string {
  const format = new Intl.NumberFormat(language)
  const line = (name: string, value: string) => `  ${t(`opening:total.${name}`)}: ${value}`
  return [
    style.good(t(`opening:state.${state}`)),
    ...(totals?.assets ?? []).map(({ asset, amount, lots }) => {
      const isMoney = asset.startsWith('money:')
      const said = isMoney ? formatMoney(amount, asset.slice(6), language) : format.format(amount)
      const name = t('opening:total.asset', { asset: asset === 'points' ? t('opening:asset-points') : asset })
      return `  ${name}: ${t('opening:total.lots', { count: lots, number: format.format(lots), amount: said })}`
    }),
    ...(totals
      ? [
          line('rows', format.format(totals.rows)),
          line('members', format.format(totals.members)),
          line('unknown', format.format(totals.unknownRows)),
          line('problems', format.format(totals.problems)),
          line('expired', format.format(totals.expired)),
        ]
      : []),
    ...(posted > 0 ? [line('posted', format.format(posted))] : []),
  ].join('\n')
}
