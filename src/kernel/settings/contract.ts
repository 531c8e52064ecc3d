import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { businessSettings, isZone } from './business.ts'

export { businessSettings, isZone }

export const readBusiness = operation({
  id: 'readBusiness',
  method: 'GET',
  path: '/api/settings/business',
  summary: 'Name, currency, time zone and language of the business',
  permission: 'signed-in',
  reply: businessSettings,
})

export const changeBusiness = operation({
  id: 'changeBusiness',
  method: 'PUT',
  path: '/api/settings/business',
  summary: 'Changes them; a new zone or currency makes every rhythm be derived again',
  permission: 'settings.manage',
  body: businessSettings.extend({ name: z.string().trim().min(1).max(120) }),
  reply: businessSettings,
})
