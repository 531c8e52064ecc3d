import { type PointsRules, usualRules } from '#financial/points/index.ts'
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
