import { expect, test } from 'vitest'
import { changeSavedMapping, importMapping, type Target } from './contract.ts'
import { guessMapping, openQuestions, refundPrefixOf } from './mapping.ts'

const sample = (header: string, ...rows: string[]) => ({
  headers: header.split('|'),
  rows: rows.map(row => row.split('|')),
})

test.each<[string, string, string, (Target | null)[]]>([
  [
    'Invoice|StockCode|Description|Quantity|InvoiceDate|Price|Customer ID|Country',
    '489434|85048|GLASS BALL|12|2009-12-01 07:45:00|6.95|13085.0|United Kingdom',
    'orders',
    ['orderRef', 'sku', 'productName', 'quantity', 'occurredAt', 'unitPrice', 'customerId', 'country'],
  ],
  [
    'CustomerID|Invoice|date|amount|lines|country',
    '13085|489434|2009-12-01 07:45:00|505.3|8|United Kingdom',
    'orders',
    ['customerId', 'orderRef', 'occurredAt', 'amount', null, 'country'],
  ],
  ['id|date|amount', '7|1997-01-01|11.77', 'orders', [null, 'occurredAt', 'amount']],
  ['cust|date|price', '7|1997-01-01|11.77', 'orders', ['customerId', 'occurredAt', 'amount']],
  [
    '订单号|客户编号|日期|商品编码|商品|数量|单价|金额',
    'A1|K9|2025-01-02|S1|龙井|2|12.5|25.00',
    'orders',
    ['orderRef', 'customerId', 'occurredAt', 'sku', 'productName', 'quantity', 'unitPrice', 'amount'],
  ],
  [
    '订单编号|下单时间|实付金额|姓名|手机号码|邮箱|城市',
    'A1|2025/1/2 10:00|25.00|王小明|13800005521|w@x.cn|杭州',
    'orders',
    ['orderRef', 'occurredAt', 'amount', 'customerName', 'phone', 'email', 'city'],
  ],
  [
    'Name|Email|Paid at|Total|Lineitem name|Lineitem price',
    '#1001|a@b.co|2025-01-02 10:00:00 +0800|30.00|Tea|15.00',
    'orders',
    ['orderRef', 'email', 'occurredAt', 'amount', 'productName', 'unitPrice'],
  ],
  [
    'First Name|Last Name|E-mail|Mobile|Birthday|City|Notes',
    'Ann|Lee|a@b.co|+44 7700 900123|1980-01-02|Leeds|likes tea',
    'customers',
    ['givenName', 'familyName', 'email', 'phone', 'birthday', 'city', null],
  ],
  ['姓|名|手机|生日', '王|小明|13800005521|03-08', 'customers', ['familyName', 'givenName', 'phone', 'birthday']],
  ['member|contact address', 'x|someone@example.org', 'customers', [null, 'email']],
])('%s', (header, row, kind, targets) => {
  const guess = guessMapping(sample(header, row, row))
  expect([guess.kind, guess.columns.map(column => column.target)]).toEqual([kind, targets])
})

test('values that contradict a name win over it', () => {
  const guess = guessMapping(sample('date|amount|quantity|customer', 'yes|many|few|7', 'no|some|none|8'))
  expect(guess.columns.map(column => column.target)).toEqual([null, null, null, 'customerId'])
})

test('how sure the guess is stands beside it, with the values that it saw', () => {
  const guess = guessMapping(sample('Invoice|My Order Date Column', '1|2025-01-01', '1|2025-01-02'))
  expect(guess.columns).toMatchObject([
    { target: 'orderRef', confidence: 'sure', samples: ['1'] },
    { target: 'occurredAt', confidence: 'likely', samples: ['2025-01-01', '2025-01-02'] },
  ])
})

test.each<[string[], string | null]>([
  [['1001', '1002', 'C1001'], 'C'],
  [['C1001', 'C1002', 'C1003'], null],
  [['1001', '1002'], null],
  [['C1', '1'], null],
])('the order numbers %j mark refunds with %s', (refs, prefix) => {
  expect(refundPrefixOf(refs)).toBe(prefix)
})

const options = {
  encoding: 'utf-8' as const,
  delimiter: ',',
  currency: 'GBP',
  zone: 'UTC',
  sourceLabel: 'import',
}

test.each<[string, string, string[]]>([
  ['order id|date|amount|customer id', '1|2025-01-02|3.50|7', []],
  ['order id|date|amount|customer id', '1|01/02/2025|3.50|7', ['dateOrder']],
  ['order id|date|amount|customer id', '1|01/02/25|3.50|7', ['dateOrder', 'twoDigitYearsFrom']],
  ['order id|date|amount|customer id', '1|2025-01-02|3,500|7', ['decimalMark']],
  ['order id|date|amount', '1|2025-01-02|3.50', ['customer']],
  ['name|birthday|phone', 'Ann|01/02/1980|13800005521', ['dateOrder']],
])('%s with %s leaves open: %j', (header, row, questions) => {
  const rows = sample(header, row)
  const guess = guessMapping(rows)
  expect(openQuestions({ ...guess, options: { ...options, ...guess.options } }, rows)).toEqual(questions)
})

test('a zone that nobody knows is refused where it is said', () => {
  const said = (zone: string) => {
    const options = {
      encoding: 'utf-8',
      delimiter: ',',
      dateOrder: 'ymd',
      twoDigitYearsFrom: 2000,
      decimalMark: '.',
      currency: 'CNY',
      zone,
      refundPrefix: null,
      sourceLabel: 'shop',
    }
    const mapping = { kind: 'orders', columns: [], options }
    return [importMapping.safeParse(mapping).success, changeSavedMapping.body!.safeParse({ options }).success]
  }
  expect(said('Asia/Shanghai')).toEqual([true, true])
  expect(said('Mars/Olympus')).toEqual([false, false])
})
