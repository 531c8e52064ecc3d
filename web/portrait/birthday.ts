/**
 * A birthday as people write it, as the profile keeps it; `undefined` where it is neither.
 *
 * Example: `1984-3-8` is `1984-03-08`; `03-08`, whose year nobody knows, is `--03-08`; `8 March` is undefined.
 */
export function birthdayFrom(text: string): string | undefined {
  const found = /^(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})$/.exec(text.trim())
  if (!found) return undefined
  const [, year, month, day] = found
  const rest = `${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
  // A leap year, so that the 29th of February is a birthday.
  const date = new Date(`${year ?? '2000'}-${rest}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined
  return `${year ?? '-'}-${rest}`
}

/** `--03-08` is written `03-08` in a field. */
export function birthdayText(birthday: string | null): string {
  return birthday?.replace(/^--/, '') ?? ''
}
