import type { Target } from './contract.ts'

/**
 * Column names as shops and tills write them, in both languages, most telling first. Compared without case, spaces and
 * punctuation.
 */
const names: Readonly<Record<Target, string>> = {
  orderRef: `order id, order number, order no, order ref, order, invoice, invoice no, invoice number, invoice id,
    receipt, receipt no, transaction id, transaction no, bill no, ticket no, 订单号, 订单编号, 订单, 单号,
    发票号, 发票号码, 小票号, 流水号, 交易号, 交易编号, 账单号`,
  customerId: `customer id, customer no, customer number, customer code, customer, client id, member id, member no,
    card no, user id, buyer id, account id, cust id, custid, cust, uid, 客户编号, 客户号, 客户id, 客户代码,
    会员号, 会员编号, 会员id, 会员卡号, 顾客编号, 顾客id, 用户id, 用户编号, 买家id, 客户`,
  occurredAt: `order date, invoice date, date, order time, datetime, date time, timestamp, created at, ordered at,
    purchase date, purchased at, transaction date, transaction time, paid at, time, sale date, sold at, day,
    下单时间, 订单日期, 订单时间, 交易时间, 交易日期, 付款时间, 支付时间, 消费时间, 消费日期, 购买日期,
    购买时间, 开票日期, 成交时间, 日期, 时间`,
  amount: `amount, total, order total, line total, total amount, grand total, subtotal, sales, revenue, spend, sum,
    paid, value, dollars, net amount, total price, 金额, 总金额, 实付金额, 订单金额, 消费金额, 交易金额,
    支付金额, 实收金额, 成交金额, 总价, 合计, 小计, 总额, 实付, 实收`,
  quantity: 'quantity, qty, units, count, pieces, number of items, items, 数量, 件数, 购买数量, 销售数量, 份数',
  unitPrice: 'unit price, price, item price, price each, rate, 单价, 价格, 售价, 商品单价, 销售单价, 成交单价',
  sku: `sku, stock code, product code, item code, article no, article number, article, product id, item id,
    barcode, ean, upc, product, item, 商品编码, 商品编号, 商品代码, 货号, 产品编码, 产品编号, 条码, 商品条码,
    款号, 物料编码, 商品id`,
  productName: `product name, item name, description, product, item, product title, title, article name, lineitem name,
    商品名称, 商品, 品名, 产品名称, 产品, 商品标题, 货品名称, 菜品, 项目`,
  category: `category, product category, product group, product type, department, group, 类别, 分类, 品类, 商品分类,
    商品类别, 类目`,
  customerName: `customer name, full name, name, client name, buyer name, buyer, member name, contact, contact name, 姓名,
    客户姓名, 客户名称, 会员姓名, 顾客姓名, 买家姓名, 收货人, 收件人, 联系人, 名字, 昵称`,
  familyName: 'last name, family name, surname, lastname, 姓, 姓氏',
  givenName: 'first name, given name, forename, firstname, 名',
  email: 'email, e-mail, email address, mail, customer email, 邮箱, 电子邮箱, 电子邮件, 邮件, 邮箱地址',
  phone: `phone, mobile, phone number, mobile number, mobile phone, telephone, tel, cell, cellphone, 手机, 手机号,
    手机号码, 电话, 联系电话, 电话号码, 联系方式, 移动电话`,
  birthday: 'birthday, birth date, date of birth, dob, birthdate, born on, 生日, 出生日期, 出生年月',
  city: 'city, town, 城市, 所在城市, 市',
  country: 'country, country code, nation, 国家, 国别',
  currency: 'currency, currency code, 币种, 货币, 货币代码',
}

export function bareName(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\s_\-.:/#()[\]（）【】]+/g, '')
}

const exact = new Map<string, Map<Target, number>>()
for (const [target, list] of Object.entries(names) as [Target, string][]) {
  for (const [rank, name] of list.split(',').entries()) {
    const bare = bareName(name)
    const targets = exact.get(bare) ?? new Map<Target, number>()
    targets.set(target, Math.max(targets.get(target) ?? 0, 1 - rank / 200))
    exact.set(bare, targets)
  }
}

/**
 * How well a header names each target: about 1 when it is one of the usual names, 0.5 when it contains one.
 *
 * Example: `客户编号` names `customerId` with 1; `Shop Order Number` names `orderRef` with 0.5.
 */
export function targetsNamedBy(header: string): ReadonlyMap<Target, number> {
  const bare = bareName(header)
  const found = exact.get(bare)
  if (found) return found
  const partly = new Map<Target, number>()
  if (bare === '') return partly
  for (const [name, targets] of exact) {
    // Short names such as `id` or `市` stand inside too many other words to mean anything there.
    const telling = name.length >= (/^[a-z]/.test(name) ? 4 : 2)
    if (!telling || !bare.includes(name)) continue
    for (const target of targets.keys()) {
      const score = 0.4 + 0.2 * (name.length / bare.length)
      partly.set(target, Math.max(partly.get(target) ?? 0, score))
    }
  }
  return partly
}
