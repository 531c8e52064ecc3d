import { minorDigits } from '#kernel/locale/index.ts'
import { type Fields, isFields, type Refused, refused, shown, textOf } from './message.ts'

/** An order as a Segment commerce event tells it, in our units. */
export interface Order {
  readonly ok: true
  readonly orderRef: string | undefined
  /** Nothing was said of an amount: neither a total nor products. */
  readonly isBare: boolean
  readonly payload: {
    readonly merchant?: string
    readonly amountMinor: number
    readonly currency: string
    readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly amountMinor: number }[]
    readonly taxMinor?: number
    readonly paidWithPointsMinor?: number
    readonly paidWithGiftCardMinor?: number
  }
  readonly products: readonly { sku: string; name: string; category?: string | undefined }[]
}

/** Segment speaks of money in decimal units; ours are minor ones. Totals fall back on revenue, then on the products. */
export function orderOf(
  properties: Fields,
  context: { readonly currency: string; readonly merchant?: string | undefined },
): Order | Refused {
  const currency = (textOf(properties.currency) ?? context.currency).toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency) || !isCurrency(currency)) {
    return refused('events:problem.currency', { currency: shown(properties.currency) }, 'properties.currency')
  }
  const digits = minorDigits(currency)
  const items = Array.isArray(properties.products) ? properties.products.slice(0, 5000) : []
  const lines = []
  const products = []
  for (const [index, item] of items.entries()) {
    if (!isFields(item)) continue
    const named = textOf(item.sku) ?? textOf(item.product_id) ?? textOf(item.productId) ?? textOf(item.name)
    const sku = named?.slice(0, 200)
    const quantity = item.quantity === undefined ? 1 : Number(textOf(item.quantity) ?? Number.NaN)
    const price = item.price === undefined ? 0 : Number(textOf(item.price) ?? Number.NaN)
    if (!sku || !Number.isFinite(quantity) || !Number.isFinite(price)) {
      const part = sku === undefined ? '' : Number.isFinite(quantity) ? '.price' : '.quantity'
      const place = `properties.products.${index}${part}`
      return refused('events:problem.product', { sku: sku?.slice(0, 40) ?? '' }, place)
    }
    lines.push({
      sku,
      quantity: Math.round(quantity * 1000),
      amountMinor: Math.round(Math.round(price * 10 ** digits * 1000) * quantity * 0.001),
    })
    const name = textOf(item.name)
    const category = textOf(item.category)?.slice(0, 200)
    if (name || category) products.push({ sku, name: (name ?? sku).slice(0, 300), category })
  }
  const statedBy = ['total', 'revenue', 'value'].find(
    name => properties[name] !== undefined && properties[name] !== null,
  )
  const amountMinor =
    statedBy === undefined
      ? lines.reduce((sum, line) => sum + line.amountMinor, 0)
      : Math.round(Number(textOf(properties[statedBy]) ?? Number.NaN) * 10 ** digits)
  if (!Number.isSafeInteger(amountMinor)) {
    const stated = statedBy === undefined ? '' : shown(properties[statedBy])
    return refused('events:problem.total', { total: stated }, `properties.${statedBy ?? 'products'}`)
  }
  const merchant = context.merchant ?? textOf(properties.affiliation)?.slice(0, 100)
  const part = (name: 'taxMinor' | 'paidWithPointsMinor' | 'paidWithGiftCardMinor', value: unknown) => {
    const minor = Math.round(Number(textOf(value) ?? Number.NaN) * 10 ** digits)
    return Number.isSafeInteger(minor) && minor > 0 ? { [name]: minor } : {}
  }
  return {
    ok: true,
    orderRef: (textOf(properties.order_id) ?? textOf(properties.orderId))?.slice(0, 200),
    isBare: statedBy === undefined && lines.length === 0,
    payload: {
      ...(merchant && { merchant }),
      amountMinor: Math.abs(amountMinor),
      currency,
      ...part('taxMinor', properties.tax),
      ...part('paidWithPointsMinor', properties.paid_with_points),
      ...part('paidWithGiftCardMinor', properties.paid_with_gift_card),
      lines,
    },
    products,
  }
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** RMB and the like have the right shape and are still no currency of ISO 4217: money in them could never be added up. */
const isCurrency = (code: string) => currencies.has(code)
