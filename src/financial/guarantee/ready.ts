import type { PromiseTerms } from './terms.ts'

/**
 * Three promises to begin with, one of each kind: a parcel within 48 hours, an answer within two working hours, the room
 * as booked. Money in units of the currency.
 */
export function readyPromises(currency: string, unit: number): PromiseTerms[] {
  const common = {
    scope: { tiers: null, merchants: null, categories: null, atLeastMinor: null },
    budgetPerMonthMinor: null,
    graceMinutes: 60,
    lateEvidence: 'stays' as const,
    claims: { believeUpToMinor: 50 * unit, believedPerYear: 2, answerWithinHours: 72 },
    payWithinDays: 3,
    ownerId: null,
  }
  const tracked = (name: string, reference: string | null) => ({
    kind: 'client.tracked' as const,
    name,
    reference,
    where: null,
  })
  return [
    {
      ...common,
      subject: 'delivery',
      standard: { en: 'Delivered within 48 hours', zh: '48 小时送达' },
      judged: {
        kind: 'timed',
        start: { kind: 'purchase.recorded', name: null, reference: 'orderRef', where: null },
        stop: tracked('Order Delivered', 'order_id'),
        void: { kind: 'refund.recorded', name: null, reference: 'of', where: null },
        clock: { kind: 'elapsed', minutes: 48 * 60 },
      },
      compensation: { kind: 'money', amountMinor: 20 * unit, currency, by: 'credit' },
    },
    {
      ...common,
      subject: 'answer',
      standard: { en: 'Answered within two working hours', zh: '两个工作小时内回复' },
      judged: {
        kind: 'timed',
        start: tracked('Complaint Opened', 'complaint_id'),
        stop: tracked('Complaint Answered', 'complaint_id'),
        void: null,
        clock: { kind: 'working', minutes: 120, calendarId: 'office' },
      },
      compensation: { kind: 'points', points: 100, worthMinor: unit, currency },
    },
    {
      ...common,
      subject: 'stay',
      standard: { en: 'The room as booked', zh: '房间与预订一致' },
      judged: { kind: 'state', broken: tracked('Room Not As Booked', 'booking_id') },
      compensation: {
        kind: 'percent',
        percent: 10,
        leastMinor: 20 * unit,
        mostMinor: 500 * unit,
        currency,
        by: 'transfer',
      },
      claims: { believeUpToMinor: 100 * unit, believedPerYear: 2, answerWithinHours: 24 },
    },
  ]
}
