export interface RefundLine {
  readonly sku: string
  readonly quantity: number
  readonly amountMinor: number
  readonly of?: string
}

export interface EarlierPurchase {
  readonly occurredAt: Date
  readonly orderRef?: string | undefined
  readonly lines: readonly Omit<RefundLine, 'of'>[]
}

/**
 * Names, for lines that no line of their own file explains, the order of an earlier source that they give back: the
 * customer's latest purchase before the refund with that article, at that price and in at least that quantity. The price
 * is the same when the refund is the line's amount in proportion to its quantity, rounded to minor units.
 *
 * Example: 2 of 5 pieces that cost 15.00 come back for 6.00: `of` is that order; for 7.00 it is left out.
 */
export function withRefundedOrders(
  lines: readonly RefundLine[],
  refundedAt: Date,
  purchases: readonly EarlierPurchase[],
): readonly RefundLine[] {
  const latestFirst = purchases
    .filter(purchase => purchase.orderRef !== undefined && purchase.occurredAt <= refundedAt)
    .sort((left, right) => right.occurredAt.getTime() - left.occurredAt.getTime())
  return lines.map(line => {
    if (line.of !== undefined) return line
    const given = latestFirst.find(purchase => purchase.lines.some(bought => couldGiveBack(line, bought)))
    return given ? { ...line, of: given.orderRef! } : line
  })
}

function couldGiveBack(line: RefundLine, bought: Omit<RefundLine, 'of'>): boolean {
  return (
    bought.sku === line.sku &&
    bought.quantity >= line.quantity &&
    Math.round((bought.amountMinor * line.quantity) / bought.quantity) === line.amountMinor
  )
}
