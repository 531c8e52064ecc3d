import type { System } from './contract.ts'
import type { Headers } from './signature.ts'

/** An order as each system would tell it, of nobody and of nothing, for trying an address out. */
export function sampleOf(system: System, id: string, now: Date): { readonly headers: Headers; readonly body: Buffer } {
  const at = now.toISOString()
  const body = (payload: object) => Buffer.from(JSON.stringify(payload))
  switch (system) {
    case 'shopify':
      return {
        headers: { 'x-shopify-topic': 'orders/paid', 'x-shopify-webhook-id': id, 'x-shopify-test': 'true' },
        body: body({
          id,
          test: true,
          financial_status: 'paid',
          total_price: '1.00',
          currency: 'EUR',
          created_at: at,
          line_items: [],
        }),
      }
    case 'woocommerce':
      return {
        headers: { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-delivery-id': id },
        body: body({
          id: 0,
          number: id,
          status: 'processing',
          total: '1.00',
          currency: 'EUR',
          date_created_gmt: at,
          line_items: [],
        }),
      }
    case 'stripe':
      return {
        headers: {},
        body: body({
          id: `evt_${id}`,
          type: 'charge.succeeded',
          livemode: false,
          created: now.getTime() / 1000,
          data: { object: {} },
        }),
      }
  }
}
