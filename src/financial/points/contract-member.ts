import { operation } from '#kernel/operation.ts'
import { memberPoints, memberPointsHistory } from './contract.ts'

/** What a customer sees of their own points: the same figures that staff see. */
export const myPoints = operation({
  id: 'myPoints',
  method: 'GET',
  path: '/api/member/points',
  summary: 'My points: balance, what it is worth, what waits, and what expires when',
  permission: 'member',
  reply: memberPoints.reply,
})

export const myPointsHistory = operation({
  id: 'myPointsHistory',
  method: 'GET',
  path: '/api/member/points/history',
  summary: 'Every change of my points, newest first, each with its reason',
  permission: 'member',
  query: memberPointsHistory.query!,
  reply: memberPointsHistory.reply,
})
