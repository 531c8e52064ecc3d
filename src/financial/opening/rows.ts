import { addDays, type Day, localInstant, startOfDay } from '#kernel/clock/index.ts'
import { inUnits, readDecimal, readMoment } from '#kernel/files/index.ts'
import type { Identifier } from '#kernel/parties/index.ts'
import type { OpeningField, rowProblems } from './contract.ts'

export type RowProblem = (typeof rowProblems)[number]

/** How a file is to be read. */
export interface Meaning {
  readonly fields: readonly (OpeningField | null)[]
  readonly asset: string
  readonly dateOrder: 'ymd' | 'dmy' | 'mdy' | null
  readonly zone: string
  readonly now: Date
  /** Assets that can be held here, with the decimal places of each. */
  readonly places: ReadonlyMap<string, number>
}

export interface ReadRow {
  readonly identifiers: readonly Identifier[]
  readonly asset: string
  readonly amount: number
  readonly earnedAt: Date
  readonly expiresAt: Date | null
  readonly reference: string | null
  /** Its time is over already: told, and not taken over. */
  readonly isExpired: boolean
}

const identifierFields = ['customer_id', 'phone', 'card', 'email'] as const

/**
 * Reads one row of balances; null where there is nothing to take over. What was earned on a day counts from its beginning,
 * what expires on a day can be used until its end, in the zone of the business.
 *
 * Example: `C-7, 120, 2025-03-01, 2027-02-28` -> 120 points of customer C-7, usable to the end of 28 February 2027.
 */
export function readRow(cells: readonly string[], meaning: Meaning): ReadRow | RowProblem | null {
  const { fields, zone, now, places } = meaning
  const said = (field: OpeningField) => {
    const column = fields.indexOf(field)
    return column < 0 ? '' : (cells[column] ?? '').trim()
  }
  const identifiers = identifierFields.flatMap(kind => {
    const value = said(kind)
    return value === '' ? [] : [{ kind, value }]
  })
  if (identifiers.length === 0) return 'no-identifier'
  const asset = assetOf(said('asset') || meaning.asset, places)
  if (asset === undefined) return 'unknown-asset'
  const decimal = readDecimal(said('amount'), '.')
  const amount = decimal && inUnits(decimal, places.get(asset)!)
  // What does not come out even is not a balance: half a point is a column read wrongly.
  if (decimal === undefined || amount === undefined || !isEven(decimal, places.get(asset)!)) return 'not-an-amount'
  if (amount < 0 || amount > 1e12) return 'not-an-amount'
  if (amount === 0) return null
  const earned = dayOf(said('earnedOn'), meaning)
  const expires = dayOf(said('expiresOn'), meaning)
  if (earned === undefined || expires === undefined) return 'not-a-date'
  const earnedAt = earned === null ? now : localInstant(earned.day, earned.seconds, zone)
  if (earnedAt > now) return 'earned-in-future'
  const expiresAt = expires === null ? null : startOfDay(addDays(expires.day, 1), zone)
  if (expiresAt !== null && expiresAt <= earnedAt) return 'expires-before-earned'
  const reference = said('reference').slice(0, 200) || null
  return {
    identifiers,
    asset,
    amount,
    earnedAt,
    expiresAt,
    reference,
    isExpired: expiresAt !== null && expiresAt <= now,
  }
}

function isEven({ unscaled, scale }: { unscaled: bigint; scale: number }, places: number): boolean {
  return scale <= places || unscaled % 10n ** BigInt(scale - places) === 0n
}

/** `积分` and `Points` are points, `CNY` is money in store; anything else must be the name of something that can be held. */
function assetOf(text: string, places: ReadonlyMap<string, number>): string | undefined {
  const name = text.normalize('NFKC').trim()
  if (/^(points?|积分)$/i.test(name)) return 'points'
  if (places.has(name)) return name
  const money = `money:${name.toUpperCase()}`
  return places.has(money) ? money : undefined
}

/** Null where nothing is said, undefined where it is not a date. */
function dayOf(text: string, { dateOrder }: Meaning): { day: Day; seconds: number } | null | undefined {
  if (text === '') return null
  const read = readMoment(text, { order: dateOrder, twoDigitYearsFrom: null, serial: /^\d{5}(\.\d+)?$/.test(text) })
  return typeof read === 'object' ? { day: read.day, seconds: read.seconds } : undefined
}

/** Column names of balances as older systems write them, in both languages, most telling first. */
const names: Readonly<Record<OpeningField, string>> = {
  customer_id:
    'customerid,customerno,customernumber,memberid,memberno,customer,client,id,会员编号,会员号,客户编号,客户号,顾客编号',
  phone: 'phone,mobile,phonenumber,mobilenumber,tel,telephone,手机,手机号,手机号码,电话,电话号码',
  card: 'card,cardno,cardnumber,membercard,loyaltycard,卡号,会员卡号,会员卡',
  email: 'email,mail,emailaddress,邮箱,电子邮箱',
  asset: 'asset,kind,type,currency,账户,类型,币种',
  amount: 'amount,points,balance,remaining,value,积分,余额,积分余额,剩余积分,数量,金额',
  earnedOn: 'earnedon,earned,earndate,issuedon,issued,issuedate,date,获得日期,发放日期,入账日期,积分日期,日期',
  expiresOn: 'expireson,expires,expirydate,expiry,validuntil,until,expiration,有效期,有效期至,到期日,到期日期,失效日期',
  reference: 'reference,ref,order,orderno,note,参考,订单号,单号,备注',
}

/** What each column seems to mean; no meaning is given twice. */
export function guessFields(headers: readonly string[]): (OpeningField | null)[] {
  const bare = headers.map(header =>
    header
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s_\-.:/#()（）]+/g, ''),
  )
  const guessed: (OpeningField | null)[] = headers.map(() => null)
  for (const [field, list] of Object.entries(names) as [OpeningField, string][]) {
    for (const name of list.split(',')) {
      const column = bare.findIndex((header, index) => header === name && guessed[index] === null)
      if (column < 0) continue
      guessed[column] = field
      break
    }
  }
  return guessed
}
