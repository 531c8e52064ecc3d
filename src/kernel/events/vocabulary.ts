import { z } from 'zod'

const minor = z.int()
const currency = z.string().regex(/^[A-Z]{3}$/)

/**
 * A line of an order. `quantity` counts thousandths of the unit, so that 0.25 kg is exact; `amountMinor` is what the line
 * cost in minor units. Product names live in `kernel/catalogue`, under the sku.
 */
const line = z.object({ sku: z.string().max(200), quantity: z.int(), amountMinor: minor })

export type PurchaseLine = z.infer<typeof line>

/**
 * A customer bought something. `orderRef` is the business's own order number. `replaces` is set by a correction: the id
 * of the event that this one puts right.
 */
export const purchaseRecorded = z.object({
  orderRef: z.string().max(200).optional(),
  /** The shop or branch where it was bought: an id of `kernel/merchants`, where the business knows several. */
  merchant: z.string().max(100).optional(),
  amountMinor: minor,
  currency,
  lines: z.array(line).max(5000),
  /** What of the amount is tax, or was paid with points or with a gift card: it may not earn. */
  taxMinor: minor.optional(),
  paidWithPointsMinor: minor.optional(),
  paidWithGiftCardMinor: minor.optional(),
  replaces: z.uuid().optional(),
  /** Of two corrections by a shop the one that was said later counts, whichever arrives first. */
  saidAt: z.iso.datetime().optional(),
})

/** Something was given back. `of` names the order that it refunds, where that can be told, as a whole or line by line. */
export const refundRecorded = z.object({
  refundRef: z.string().max(200).optional(),
  merchant: z.string().max(100).optional(),
  of: z.string().max(200).optional(),
  amountMinor: minor,
  currency,
  lines: z.array(line.extend({ of: z.string().max(200).optional() })).max(5000),
  replaces: z.uuid().optional(),
})

/** A business event that we do not know: its name is kept, its properties are kept apart where they can be erased. */
export const clientTracked = z.object({
  name: z.string().max(200),
  /** What it was about, where Segment's commerce specification says so: things, never people. */
  sku: z.string().max(200).optional(),
  orderRef: z.string().max(200).optional(),
  coupon: z.string().max(200).optional(),
})

/** Somebody looked at a page of a web site or a screen of an app. */
export const clientViewed = z.object({ what: z.enum(['page', 'screen']), name: z.string().max(200).optional() })

/** A person was said to belong to an organisation (Segment's *group*). */
export const clientJoined = z.object({ organisationId: z.uuid() })

/**
 * A sender says that another profile is the same person. `isVisit`: that one is a browser of which nothing else is known, so that
 * nothing but what was looked at would move.
 */
export const clientSaidToBeOne = z.object({ otherId: z.uuid(), isVisit: z.boolean() })
