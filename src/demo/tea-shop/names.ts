import type { Chance } from '../chance.ts'

export interface Person {
  readonly name: string
  readonly familyName: string
  readonly givenName: string
  readonly isChinese: boolean
}

const families =
  '王王王李李李张张张刘刘刘陈陈陈杨杨赵赵黄黄周周吴吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文'
const doubleFamilies = ['欧阳', '司徒', '上官', '诸葛']
const women =
  '秀英 桂兰 淑珍 玉梅 丽华 春燕 晓燕 雅琴 静怡 佳琪 梦洁 思雨 雨桐 欣怡 子涵 诗涵 紫萱 若曦 婉清 语嫣 慧敏 海燕 红梅 雪梅 晓梅 美玲 嘉怡 可欣 晨曦 书瑶 芷若 清扬 月华 小曼 文静 丹丹 娟 敏 静 丽 芳 婷 娜 琳 颖 蕾 莹 洁 岚 薇'.split(
    ' ',
  )
const men =
  '建国 志强 国栋 文斌 明辉 海涛 永健 俊杰 浩然 宇轩 子轩 梓豪 天佑 嘉豪 博文 思远 立诚 家明 晓峰 志远 伟平 振华 德华 少华 光明 学东 卫东 江涛 泽宇 奕辰 一鸣 承恩 景行 怀瑾 伟 强 磊 军 勇 杰 涛 鹏 斌 峰 超 波 辉 毅 恒 昊'.split(
    ' ',
  )
const given =
  'Anna Emma Olivia Sophie Grace Lucy Hannah Claire Julia Marta Ingrid Chloe Amélie Elena Priya Aisha Yuki James Oliver Daniel Thomas Henry Marcus Felix Lukas Pierre Mateo Andrei Omar Kenji Ravi Samuel Peter David Martin'.split(
    ' ',
  )
const surnames =
  'Smith Taylor Walker Hughes Bennett Clarke Morgan Foster Murphy Fischer Schneider Weber Dubois Moreau Rossi Ferrari García Silva Novak Kowalski Lindqvist Andersen Nakamura Tanaka Kim Park Patel Sharma Haddad Okafor Baker Cooper Reed Hayes'.split(
    ' ',
  )

/** Somebody who might walk into a tea shop in Chengdu: nine in ten have a Chinese name. */
export function somebody(chance: Chance): Person {
  if (!chance.happens(0.9)) {
    const [first, last] = [chance.pick(given), chance.pick(surnames)]
    return { name: `${first} ${last}`, familyName: last, givenName: first, isChinese: false }
  }
  const family = chance.happens(0.015) ? chance.pick(doubleFamilies) : chance.pick([...families])
  const own = chance.pick(chance.happens(0.58) ? women : men)
  return { name: `${family}${own}`, familyName: family, givenName: own, isChinese: true }
}

/**
 * Ways to reach somebody that reach nobody. Western numbers are those that Ofcom keeps for drama; no Chinese mobile number
 * begins with 120; mail addresses end in the domains that RFC 2606 keeps for examples.
 *
 * Example: the customer with number 41 and a Western name gets `+44 7700 900041`.
 */
export function waysToReach(person: Person, number: number, chance: Chance): { phone?: string; email?: string } {
  const hasPhone = chance.happens(0.92)
  const hasEmail = chance.happens(person.isChinese ? 0.3 : 0.85)
  const digits = String(number).padStart(4, '0')
  const phone = person.isChinese
    ? `+86 120 ${chance.whole(1000, 9999)} ${digits}`
    : `${number < 1000 ? '+44 7700 900' : '+44 20 7946 0'}${String(number % 1000).padStart(3, '0')}`
  const mailbox = person.isChinese ? `tea${digits}` : `${plain(person.givenName)}.${plain(person.familyName)}${number}`
  return {
    ...(hasPhone && { phone }),
    ...(hasEmail && { email: `${mailbox}@${chance.pick(['example.com', 'example.org', 'example.net'])}` }),
  }
}

const plain = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\P{ASCII}/gu, '')
    .toLowerCase()
