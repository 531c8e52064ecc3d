import { rhythmStrips } from '#insight/rhythm/contract.ts'
import { useAsk } from '../api.ts'
import type { StripData } from '../kit/index.ts'

/** The small strips for the people of a list, asked for together. */
export function useStrips(partyIds: readonly string[]): (partyId: string) => StripData | undefined {
  const ids = partyIds.slice(0, 100).join(',')
  const { data } = useAsk(rhythmStrips, { query: { ids } }, { enabled: ids !== '', keep: true })
  return partyId => {
    const strip = data?.items.find(item => item.partyId === partyId)
    if (!data || !strip) return undefined
    return {
      boughtOn: strip.days.slice(-6),
      todayOn: data.reading.asOfOn,
      window: strip.window ? [strip.window.fromOn, strip.window.toOn] : undefined,
      late: strip.late,
    }
  }
}
