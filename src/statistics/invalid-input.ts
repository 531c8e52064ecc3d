/**
 * The one way this room says no: every fault found in the input, told at once.
 *
 * A caller who mistypes three numbers should learn about three numbers, not about the first of them.
 * Example: `new InvalidInput(['k must be positive, found -1']).messages` -> `['k must be positive, found -1']`.
 */
export class InvalidInput extends RangeError {
  readonly messages: readonly string[]

  constructor(messages: readonly string[]) {
    super(messages.join('; '))
    this.name = 'InvalidInput'
    this.messages = messages
  }
}

/** Throws one InvalidInput with all messages, or nothing when there are none. */
export function refuseAll(messages: readonly string[]): void {
  if (messages.length > 0) throw new InvalidInput(messages)
}
