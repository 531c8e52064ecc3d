import { type Asking, answerAs } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { inputFor } from './input.ts'
import type { ToolPart } from './tool.ts'

export interface Calling {
  readonly house: House
  readonly caller: Caller
  readonly language: Asking['language']
}

/**
 * Answers a tool through the one place where every door is answered (`answerAs`): the same rights, the same merchant, the same
 * hidden fields, the same log of acts. The first part decides: where it is refused, so is the tool; another that is refused says
 * so in its place, as one missing fact does not spoil the rest.
 *
 * Example: `show_customer` of somebody without points gives `{ profile: …, points: { refused: 'points:refusal.none' } }`.
 */
export async function callTool(
  calling: Calling,
  parts: readonly (readonly [string, ToolPart])[],
  given: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const [first, ...others] = parts
  const answer = await callPart(calling, first![1], given)
  if (others.length === 0) return answer
  const answers: Record<string, unknown> = { [first![0]]: answer }
  for (const [name, part] of others) {
    try {
      answers[name] = await callPart(calling, part, given)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answers[name] = { refused: error.code }
    }
  }
  return answers
}

async function callPart(
  { house, caller, language }: Calling,
  { operation, fixed = {} }: ToolPart,
  given: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { handle } = routeOf(house, operation)
  const input = inputFor(operation, { ...given, ...fixed })
  const answer = await answerAs(house, { operation, handle }, { caller, language, ...input })
  return (answer ?? {}) as Readonly<Record<string, unknown>>
}

function routeOf(house: House, operation: Operation) {
  const found = house.routes.find(route => route.operation.id === operation.id)
  if (!found) throw refuse('unavailable', 'assistants:refusal.not-here')
  return found
}
