/** Reading what strangers send: every value may be anything. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unreadable)

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : typeof value === 'number'
      ? String(value)
      : undefined

/** Why a message cannot be taken in, and at which place in it. */
export interface Refused {
  readonly ok: false
  readonly code: string
  readonly details: Readonly<Record<string, string | number>>
  readonly place: string
  /** The order that must arrive before this can be understood. */
  readonly waitsFor?: string
}

export function refused(code: string, details: Refused['details'] = {}, place = ''): Refused {
  return { ok: false, code, details, place }
}

/** What a web page says about money or about others: anybody could have said it. */
export const fromBrowser = 'events:problem.from-browser'

/** PostgreSQL keeps no NUL character. */
export const hasNul = (text: string | undefined) =>
  text !== undefined && (text.includes('\u0000') || text.includes('\\u0000'))

/** A value as it may stand in a sentence: short, and safe for objects that have no text of their own. */
export function shown(value: unknown): string {
  return (textOf(value) ?? JSON.stringify(value) ?? typeof value).slice(0, 40)
}

/** What came through a door and cannot even be handed on as a message: kept as the text that it was. */
export class Unreadable {
  readonly text: string
  readonly code: string
  readonly details: Refused['details']
  readonly place: string

  constructor(text: string, code: string, details: Refused['details'] = {}, place = '') {
    this.text = text
    this.code = code
    this.details = details
    this.place = place
  }
}
