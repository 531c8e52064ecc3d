import { checks, type Finding } from '#kernel/doctor/contract.ts'
import { examineHouse, examineMachine } from '#kernel/doctor/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { installation } from '#product/rooms.ts'
import { type CommonOptions, configurationFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

/** `guanxi doctor`: looks at everything Guanxi stands on, and says how to mend what is wrong. True when nothing is. */
export async function doctor(options: CommonOptions, terminal: Terminal): Promise<boolean> {
  const findings: Finding[] = []
  try {
    await withProduct(options, async ({ business }) => {
      findings.push(...(await examineHouse(business)))
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const values = error.details as Finding['values']
    findings.push({ check: 'database', state: 'bad', foundKey: 'cli:doctor.closed', values, mendKey: error.code })
  }
  findings.push(...(await examineMachine(installation, configurationFor(options, process.env).dataFolder)))
  findings.sort((one, other) => checks.indexOf(one.check) - checks.indexOf(other.check))
  const told = findings.map(finding => ({
    ...finding,
    found: terminal.t(finding.foundKey, finding.values),
    ...(finding.mendKey && { mend: terminal.t(finding.mendKey, finding.values) }),
  }))
  terminal.answer(told, () => told.map(each => lineOf(each, terminal)).join('\n'))
  return findings.every(({ state }) => state !== 'bad')
}

function lineOf(
  { check, state, found, mend }: Finding & { readonly found: string; readonly mend?: string },
  { t, style }: Terminal,
): string {
  const mark = { good: style.good('✓'), warn: style.bold('!'), bad: style.bad('✗') }[state]
  const line = `${mark} ${t(`doctor:${check}.name`)}: ${found}`
  return mend ? `${line}\n    ${mend}` : line
}
