/**
 * The passwords of ten characters or more that stand highest in every published list of stolen ones, and those that people make of
 * the words around them. Shorter ones are refused by their length, and repetitions and rows of keys by the rules below.
 */
const common = new Set(
  `password12 password123 password1234 password12345 password123456 passw0rd123 p@ssw0rd123 p@ssword123 mypassword
  mypassword1 passwordpassword passwort123 motdepasse contraseña administrator administrator1 admin12345 admin123456
  adminadmin adminadmin1 iloveyou123 iloveyou12 iloveyou1234 iloveyouforever ilovemyself letmein123 letmein1234 welcome123
  welcome1234 welcome12345 changeme123 changeme1234 sunshine123 sunshine12 princess123 princess12 football123 football12
  baseball123 basketball basketball1 basketball123 superman123 superman12 batman1234 dragon1234 monkey1234 monkey12345
  shadow1234 master1234 master12345 michael123 jennifer123 jordan1234 charlie123 liverpool1 liverpool123 chelsea123
  manchester manchester1 manchesterunited arsenal123 barcelona123 barcelona1 realmadrid realmadrid1 starwars123 pokemon123
  minecraft1 minecraft123 computer123 internet123 samsung123 samsung1234 google1234 google12345 facebook123 facebook12
  facebook1234 linkedin123 whatsapp123 instagram1 instagram123 qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1
  qwertyuiop123 qwerty123qwerty 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc 1qazxsw23edc zaq12wsxcde3
  qazwsxedcrfv qazwsx1234 asdfghjkl1 asdfghjkl123 asdf123456 zxcvbnm123 zxcvbnm1234 abc1234567 abc12345678 abcd123456
  abcd1234567 abcde12345 abcdef1234 abcdef12345 abcdefg123 abcdefg1234 abcdefgh12 a1b2c3d4e5 a1b2c3d4e5f6 aa12345678
  aa123456789 a123456789 a1234567890 a12345678910 q123456789 qq123456789 qq12345678 wang123456 zhang123456 woaini1314
  woaini520 woaini5201314 woaini1314520 5201314520 5201314521 1314520520 1314521521 woaiwojia woaiwojia123 nihao123456
  zhangwei123 wangwei123 liwei12345 12345qwert 123456qwerty 1234567890q 123456789a 123456789q 1234567890a 123456789abc
  123qweasdzxc 123qwe123qwe 123123123a 11223344556 1122334455 0123456789 9876543210 0987654321 7758521521 147258369
  1472583690 147852369 7894561230 789456123a 3141592653 31415926535 2718281828 secret1234 secret12345 trustno1trustno1
  whatever123 whatever12 cheese1234 cookie1234 chocolate1 chocolate123 butterfly1 butterfly123 blink182blink182
  spongebob1 slipknot666 metallica1 metallica123 mustang123 corvette123 ferrari123 mercedes123 mercedesbenz porsche911
  harleydavidson december12 november11 september9 summer2020 summer2021 summer2022 summer2023 summer2024 summer2025
  summer2026 winter2020 winter2021 winter2022 winter2023 winter2024 winter2025 winter2026 spring2024 spring2025 spring2026
  autumn2024 autumn2025 autumn2026 january2024 january2025 january2026 correcthorse correcthorsebatterystaple
  openopenopen opensesame supersecret topsecret123 test123456 test1234567 testtest123 testtesttest tester1234 guest12345
  user123456 user1234567 root123456 toor123456 default123 guanxi1234 guanxi123456 guanxiguanxi hotel12345 restaurant
  restaurant1 frontdesk1 frontdesk123 reception1 reception123 manager123 manager1234 owner12345 teahouse123`.split(
    /\s+/,
  ),
)

const rows = ['1234567890', '0123456789', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyz']

/**
 * Why a password is one of those that are tried first; undefined for any other. No rules of composition: a long sentence is better
 * than a short one with a sign in it (ASVS 5.0, 6.2).
 *
 * Example: `abcabcabcabc` -> 'repeats'; `9876543210` -> 'row'; `wangfang@tea.cn` of that person -> 'own-name'.
 */
export function weaknessOf(
  password: string,
  own: readonly (string | null)[] = [],
): 'common' | 'repeats' | 'row' | 'own-name' | undefined {
  const text = password.normalize('NFKC').toLowerCase()
  const letters = text.replace(/[^\p{L}\p{N}]/gu, '')
  if (common.has(text) || common.has(letters)) return 'common'
  if (/^(.{1,4})\1+.{0,3}$/su.test(text) && new Set(text).size <= 5) return 'repeats'
  if (rows.some(row => isRowOf(letters, row))) return 'row'
  const names = own.flatMap(name => (name ? [name, name.split('@')[0]!] : [])).map(name => name.toLowerCase())
  const rest = (name: string) => text.replaceAll(name, '').replace(/[\d\W_]/gu, '')
  return names.some(name => name.length >= 3 && text.includes(name) && rest(name).length < 4) ? 'own-name' : undefined
}

/** Forwards or backwards along one row of keys, with at most three more behind it. */
function isRowOf(text: string, row: string): boolean {
  const twice = row + row
  const back = [...twice].reverse().join('')
  const most = Math.max(text.length - 3, 8)
  return [twice, back].some(line => text.length >= 8 && line.includes(text.slice(0, Math.min(most, line.length))))
}
