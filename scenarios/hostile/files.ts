import fc from 'fast-check'
import { hostileText } from './hostile.ts'

/** Orders as shops export them, one of its rows without a date that can be read. */
export const ordersFile = (mark: string) => ({
  name: `orders-${mark}.csv`,
  text: [
    'Order No,Customer ID,Date,SKU,Product,Quantity,Unit price,Phone,Name',
    `${mark}-1,K-${mark}-1,2026-03-01 10:00,T-1,Tea,2,12.50,+86 138 0000 0001,Lin Xiaoyu`,
    `${mark}-1,K-${mark}-1,2026-03-01 10:00,T-2,Cup,1,30.00,+86 138 0000 0001,Lin Xiaoyu`,
    `${mark}-2,K-${mark}-2,not a date,T-1,Tea,1,12.50,,Wang Ming`,
    `${mark}-3,,2026-03-02 11:00,T-1,Tea,1,12.50,,`,
    `${mark}-4,K-${mark}-3,2026-03-03 09:30,T-3,Sample,1,0,,Zhao Lei`,
    '',
  ].join('\n'),
})

export const customersFile = (mark: string) => ({
  name: `customers-${mark}.csv`,
  text: `Customer ID,Name,Email,Birthday\nK-${mark}-1,Lin Xiaoyu,lin.${mark}@tea.example,1984-03-08\nK-${mark}-9,Mei,,\n`,
})

export const balancesFile = (mark: string, card: string) => ({
  name: `balances-${mark}.csv`,
  text: `Member No,Points,Earn date,Expiry date,Reference\n${card},120,2026-01-05,2028-01-05,${mark}-a\nnobody-${mark},10,2026-01-05,2028-01-05,${mark}-b\n`,
})

const lines = { name: 'orders.jsonl', text: '{"order":"J1","customer":"K1","date":"2026-03-01","total":12.5}\n' }

/** Small files, whole or with one place of them spoiled. */
export const files = fc
  .record({
    file: fc.constantFrom(ordersFile('h'), customersFile('h'), balancesFile('h', 'C-1'), lines),
    name: fc.option(hostileText, { freq: 6 }),
    at: fc.nat(400),
    cut: fc.nat(30),
    by: fc.option(hostileText, { freq: 2, nil: undefined }),
  })
  .map(({ file, name, at, cut, by }) => ({
    name: (name ?? file.name).toWellFormed().slice(0, 200),
    text: (by === undefined
      ? file.text
      : file.text.slice(0, at) + by.slice(0, 5000) + file.text.slice(at + cut)
    ).toWellFormed(),
  }))
