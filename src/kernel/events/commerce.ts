/** What becomes of a commerce event of the Segment specification (version 2). */
export type Meaning = 'purchase' | 'correction' | 'refund' | 'cancellation' | 'kept'

interface Entry {
  readonly name: string
  readonly means: Meaning
  /** Properties of ours that are lifted out of what is kept, because they name things, not people. */
  readonly lifts?: readonly ('sku' | 'orderRef' | 'coupon')[]
}

const kept = (name: string, ...lifts: NonNullable<Entry['lifts']>): Entry => ({ name, means: 'kept', lifts })

/**
 * Every event that Segment's commerce specification names, and what it is here; the table of docs/reference/events.md is made
 * from this list. Events outside of it are kept by their name as well, and listed as such.
 */
export const commerceEvents: readonly Entry[] = [
  kept('Products Searched'),
  kept('Product List Viewed'),
  kept('Product List Filtered'),
  kept('Promotion Viewed'),
  kept('Promotion Clicked'),
  kept('Product Clicked', 'sku'),
  kept('Product Viewed', 'sku'),
  kept('Product Added', 'sku'),
  kept('Product Removed', 'sku'),
  kept('Cart Viewed'),
  kept('Checkout Started', 'orderRef', 'coupon'),
  kept('Checkout Step Viewed'),
  kept('Checkout Step Completed'),
  kept('Payment Info Entered', 'orderRef'),
  { name: 'Order Completed', means: 'purchase' },
  { name: 'Order Updated', means: 'correction' },
  { name: 'Order Refunded', means: 'refund' },
  { name: 'Order Cancelled', means: 'cancellation' },
  kept('Coupon Entered', 'orderRef', 'coupon'),
  kept('Coupon Applied', 'orderRef', 'coupon'),
  kept('Coupon Denied', 'orderRef', 'coupon'),
  kept('Coupon Removed', 'orderRef', 'coupon'),
  kept('Product Added to Wishlist', 'sku'),
  kept('Product Removed from Wishlist', 'sku'),
  kept('Wishlist Product Added to Cart', 'sku'),
  kept('Product Shared', 'sku'),
  kept('Cart Shared'),
  kept('Product Reviewed', 'sku'),
]

/** What some shops and SDKs say instead. */
const otherNames: Readonly<Record<string, string>> = {
  Purchase: 'Order Completed',
  'Order Canceled': 'Order Cancelled',
}

const entries = new Map(commerceEvents.map(entry => [entry.name, entry]))

/** The entry of the specification for a name; undefined for an event that is the business's own. */
export function commerceEntry(name: string): Entry | undefined {
  return entries.get(otherNames[name] ?? name)
}
