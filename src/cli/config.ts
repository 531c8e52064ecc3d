import { configurationSchema } from '#product/configuration.ts'
import { type CommonOptions, configurationFor } from './product.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const secrets = new Set(['GUANXI_BACKUP_PASSPHRASE'])

/** `guanxi config`: every variable, its value without secrets, where it comes from, and what it is for. */
export async function config(options: CommonOptions, terminal: Terminal): Promise<void> {
  const environment = { ...process.env, ...(options.data && { GUANXI_DATA: options.data }) }
  configurationFor(options, environment)
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in configurationSchema.shape && value),
  )
  const values: Record<string, unknown> = configurationSchema.parse(given)
  const rows = Object.keys(configurationSchema.shape).map(name => ({
    name,
    value: values[name] === undefined ? null : secrets.has(name) ? '…' : withoutPassword(String(values[name])),
    isGiven: name in given,
  }))
  terminal.answer(rows, () =>
    table(
      [
        { title: terminal.t('cli:column.variable') },
        { title: terminal.t('cli:column.value') },
        { title: terminal.t('cli:column.meaning') },
      ],
      rows.map(({ name, value, isGiven }) => [
        name,
        `${value ?? '–'}${isGiven ? '' : ` ${terminal.style.dim(terminal.t('cli:config.default'))}`}`,
        terminal.t(`cli:config.${name}`),
      ]),
      terminal.style,
    ),
  )
}

/** `postgres://anna:secret@host/db?password=x` becomes `postgres://anna:…@host/db?password=…`. */
export function withoutPassword(value: string): string {
  return value.replace(/(:\/\/[^:/@]*:).*@/, '$1…@').replace(/([?&](?:password|sslkey)=)[^&]*/gi, '$1…')
}
