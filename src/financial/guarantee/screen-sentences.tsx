import type { TFunction } from 'i18next'
import type { Format } from '../../../web/format.ts'
import type { BothLanguages, BusinessCalendar, Compensation, Evidence, PromiseTerms } from './contract.ts'

/** Terms as the reader says them; one place, so that a card, a case and the editor never say it differently. */
export function sentencesOf(t: TFunction, format: Format, calendars: readonly BusinessCalendar[] = []) {
  const time = (minutes: number): string => {
    if (minutes < 1) return t('guarantee:time.seconds', { number: format.number(Math.ceil(minutes * 60)) })
    if (minutes < 120 && minutes !== 60)
      return t('guarantee:time.minutes', { number: format.number(Math.round(minutes)) })
    if (minutes < 96 * 60) return t('guarantee:time.hours', { number: format.number(minutes / 60, 1) })
    const days = minutes / 1440
    return t('guarantee:time.days', { count: Math.round(days), number: format.number(days, 1) })
  }
  const gives = (compensation: Compensation): string => {
    const money = (minor: number) => (compensation.kind === 'apology' ? '' : format.money(minor, compensation.currency))
    switch (compensation.kind) {
      case 'points':
        return t('guarantee:say.points', { count: compensation.points, number: format.number(compensation.points) })
      case 'money':
        return t(`guarantee:say.${compensation.by}`, { money: money(compensation.amountMinor) })
      case 'percent':
        return t(`guarantee:say.percent-${compensation.by}`, {
          percent: format.percent(compensation.percent / 100),
          most: money(compensation.mostMinor),
        })
      case 'right':
        return t('guarantee:say.right', { money: money(compensation.worthMinor) })
      case 'apology':
        return t('guarantee:say.apology')
    }
  }
  const event = ({ kind, name }: Evidence): string =>
    name === null ? t(`guarantee:event.${kind}`) : t(`guarantee:event-name.${name}`, { defaultValue: name })
  const clock = ({ judged }: PromiseTerms): string => {
    if (judged.kind === 'state') return ''
    if (judged.clock.kind === 'elapsed') return t('guarantee:say.elapsed', { time: time(judged.clock.minutes) })
    if (judged.clock.kind === 'working') {
      const { calendarId, minutes } = judged.clock
      const calendar = calendars.find(each => each.calendarId === calendarId)?.name ?? calendarId
      return t('guarantee:say.working', { time: time(minutes), calendar })
    }
    const { minuteOfDay, daysLater } = judged.clock
    const at = clockTime(minuteOfDay)
    return daysLater === 0
      ? t('guarantee:say.by', { time: at })
      : t('guarantee:say.by-later', { time: at, count: daysLater })
  }
  const known = (terms: PromiseTerms): string => {
    const { judged } = terms
    if (judged.kind === 'state')
      return judged.broken ? t('guarantee:say.state', { event: event(judged.broken) }) : t('guarantee:say.state-claims')
    return t('guarantee:say.from-to', { time: clock(terms), start: event(judged.start), stop: event(judged.stop) })
  }
  const scope = ({ scope: { tiers, merchants, categories, atLeastMinor }, compensation }: PromiseTerms): string[] => {
    const list = (values: readonly string[]) => values.join(format.language.startsWith('zh') ? '、' : ', ')
    const currency = compensation.kind === 'apology' ? null : compensation.currency
    return [
      ...(tiers ? [t('guarantee:say.scope-tiers', { tiers: list(tiers) })] : []),
      ...(merchants ? [t('guarantee:say.scope-merchants', { merchants: list(merchants) })] : []),
      ...(categories ? [t('guarantee:say.scope-categories', { categories: list(categories) })] : []),
      ...(atLeastMinor !== null && currency
        ? [t('guarantee:say.scope-amount', { money: format.money(atLeastMinor, currency) })]
        : []),
    ]
  }
  return {
    time,
    gives,
    event,
    clock,
    known,
    scope,
    /** One line beneath the standard: how it is known, and what it gives. */
    line: (terms: PromiseTerms): string =>
      [
        [known(terms), ...scope(terms)].join(format.language.startsWith('zh') ? '，' : ', '),
        gives(terms.compensation),
      ].join(format.language.startsWith('zh') ? '；' : '; '),
  }
}

/** Example: 900 -> `15:00`. */
export function clockTime(minuteOfDay: number): string {
  const hours = Math.floor(minuteOfDay / 60)
  return `${String(hours).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`
}

/** In the reader's language, or in the one in which it was written. */
export function standardIn({ en, zh }: BothLanguages, language: string): string {
  return language.startsWith('zh') ? zh || en : en || zh
}
