import { operation } from '#kernel/operation.ts'
import { memberTier } from './contract.ts'

export const myTier = operation({
  id: 'myTier',
  method: 'GET',
  path: '/api/member/tier',
  summary: 'My tier and its rights, what is missing to the next, and until when I keep it',
  permission: 'member',
  reply: memberTier.reply,
})
