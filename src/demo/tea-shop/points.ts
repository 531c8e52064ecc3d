import { type PointsRules, usualRules } from '#financial/points/index.ts'
import { type TierRules, usualTiers } from '#financial/tiers/index.ts'
import type { Day } from '#kernel/clock/index.ts'

/** What the tea shop promises to those who come back: a point a yuan, more in the weeks of the spring harvest. */
export function pointsOfTeaShop(today: Day, language: 'en' | 'zh-CN'): PointsRules {
  const harvest = Number(today.slice(0, 4)) - (today.slice(5) < '04-20' ? 1 : 0)
  return {
    ...usualRules('CNY', 2),
    earning: [
      { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } },
      { kind: 'first', ruleId: 'welcome', points: 50 },
      { kind: 'birthday', ruleId: 'birthday', points: 100 },
      { kind: 'visit', ruleId: 'quiet-day', points: 10, weekdays: [2] },
      { kind: 'regularity', ruleId: 'regular', points: 150, months: 3 },
    ],
    campaigns: [
      {
        ruleId: 'spring-tea',
        name: language === 'en' ? 'Spring tea' : '春茶上市',
        percent: 200,
        fromOn: `${harvest}-04-01`,
        untilOn: `${harvest}-04-20`,
        weekdays: [],
        onlyBirthMonth: false,
        budgetPoints: 100_000,
      },
    ],
    caps: { perDay: 2000, perMonth: null, everybodyPerMonth: null },
  }
}

/** Three rungs, named after what is picked: the whole leaf, leaf and bud, the bud alone. */
export function tiersOfTeaShop(language: 'en' | 'zh-CN'): TierRules {
  const isChinese = language === 'zh-CN'
  const rung = (tierId: string, name: string, yuan: number, rights: readonly (readonly [string, string])[]) => ({
    tierId,
    name,
    atLeast: yuan * 100,
    rights: rights.map(([rightId, right]) => ({ rightId, name: right })),
  })
  const tasting = ['tasting', isChinese ? '新茶品鉴会' : 'Tastings of the new harvest'] as const
  const seat = ['window-seat', isChinese ? '留靠窗的座位' : 'A seat kept at the window'] as const
  const first = ['first-pick', isChinese ? '头采春茶先订' : 'First choice of the first picking'] as const
  return {
    ...usualTiers('CNY'),
    tiers: [
      rung('leaf', isChinese ? '新叶' : 'New leaf', 800, []),
      rung('leaf-and-bud', isChinese ? '一芽一叶' : 'Leaf and bud', 2000, [tasting]),
      rung('bud', isChinese ? '银针' : 'Silver needle', 4000, [tasting, seat, first]),
    ],
  }
}
