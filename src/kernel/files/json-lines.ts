import type { Nested } from './flatten.ts'

export type JsonProblem = 'not-json' | 'not-an-object' | 'duplicate-key'

/**
 * Reads one line. Numbers keep the digits of the file, so that no amount and no long order number passes through binary
 * fractions; a key that stands twice says two things, and neither is believed.
 *
 * Example: `{"id":12345678901234567890,"paid":true}` is `{id: '12345678901234567890', paid: 'true'}`.
 */
export function readJsonLine(line: string): { readonly [name: string]: Nested } | JsonProblem {
  let members = 0
  let value: unknown
  try {
    value = JSON.parse(line, (_key, inner: unknown, context?: { source?: string }) => {
      if (typeof inner === 'number') return context?.source ?? String(inner)
      if (typeof inner === 'boolean') return String(inner)
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) members += Object.keys(inner).length
      return inner
    })
  } catch {
    // Nesting deeper than the stack is no JSON that any shop writes, either.
    return 'not-json'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not-an-object'
  return members === colonsOutsideTexts(line) ? (value as { [name: string]: Nested }) : 'duplicate-key'
}

/** Each member of an object has one colon outside texts: a key that stood twice left one more colon than members. */
function colonsOutsideTexts(line: string): number {
  let colons = 0
  let inText = false
  for (let at = 0; at < line.length; at++) {
    const letter = line.charCodeAt(at)
    if (inText) {
      if (letter === 0x5c) at++
      else if (letter === 0x22) inText = false
    } else if (letter === 0x22) inText = true
    else if (letter === 0x3a) colons++
  }
  return colons
}

/** Cuts text into lines as it comes in; a line may be spread over several pieces. */
export function lineReader(longest: number) {
  let rest = ''
  return {
    push(text: string): string[] {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      return lines
    },
    /** Whether what waits for its end is longer than a line may be. */
    isTooLong: () => rest.length > longest,
    end(): string[] {
      const last = rest
      rest = ''
      return last === '' ? [] : [last]
    },
  }
}
