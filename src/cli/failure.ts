import { Refusal } from '#kernel/refusal.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** Says what went wrong in a sentence, and gives the code with which the command ends. */
export function tell(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof Refusal) {
    const { code, details, issues } = error
    const sentence = terminal.t(code, details)
    const exit = error.kind === 'unavailable' ? exitCodes.databaseUnreachable : exitCodes.refused
    if (terminal.isJson) terminal.answer({ error: { code, sentence, details, issues } }, () => '')
    else terminal.note(terminal.style.bad(sentence))
    return exit
  }
  const reason = error instanceof Error ? error.message : String(error)
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    terminal.note(
      terminal.style.bad(terminal.t(`cli:fault.${code === 'EACCES' ? 'no-access' : 'port-taken'}`, { reason })),
    )
    return exitCodes.fault
  }
  if (terminal.isJson) terminal.answer({ error: { code: 'fault', sentence: reason } }, () => '')
  terminal.note(terminal.style.bad(terminal.t('cli:fault.unexpected', { reason })))
  if (process.env.GUANXI_LOG !== 'quiet' && error instanceof Error) terminal.note(terminal.style.dim(error.stack ?? ''))
  return exitCodes.fault
}
