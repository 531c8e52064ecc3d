import { whyNotPermitted } from '#kernel/access/index.ts'
import type { Caller, Operation } from '#kernel/operation.ts'

/** One thing an assistant may ask: an operation, or several that answer one question together. Pure data. */
export interface AssistantTool {
  readonly name: string
  /** For the assistant: what it answers, and when to use it. */
  readonly description: string
  /**
   * The operations by the name of their part of the answer. Without the first the tool is not offered; of the others those
   * that the caller may ask take part. A tool of one part answers what its operation answers.
   */
  readonly parts: Readonly<Record<string, ToolPart>>
}

export interface ToolPart {
  readonly operation: Operation
  /** What is always asked and never by the assistant. */
  readonly fixed?: Readonly<Record<string, unknown>>
}

/** Names the contract objects of a tool, whatever their exact types. */
export const part = (operation: unknown, fixed?: Readonly<Record<string, unknown>>): ToolPart => ({
  operation: operation as Operation,
  ...(fixed && { fixed }),
})

/**
 * The parts of a tool that this caller may ask; none where the first is not allowed.
 *
 * Example: `show_customer` for a key without `money.read` has no part `value`.
 */
export function allowedParts(tool: AssistantTool, caller: Caller): readonly (readonly [string, ToolPart])[] {
  const parts = Object.entries(tool.parts)
  const allowed = parts.filter(([, { operation }]) => !whyNotPermitted(caller, operation.permission))
  return allowed[0]?.[0] === parts[0]?.[0] ? allowed : []
}

/** Whether asking changes something: then the assistant's owner may want to be asked first. */
export const isAct = ({ parts }: AssistantTool): boolean =>
  Object.values(parts).some(({ operation }) => operation.method !== 'GET' && !operation.isQuestion)
