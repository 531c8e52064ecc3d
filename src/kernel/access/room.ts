import { local } from '../database/index.ts'
import type { Room } from '../room.ts'
import { forgetMember } from './member-forget.ts'
import { memberRoutes } from './member-routes.ts'
import { accessRoutes } from './routes.ts'

export const accessRoom: Room = {
  name: 'kernel/access',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'access.staff': local,
    'access.session': local,
    'access.sign_in_link': local,
    'access.api_key': local,
    'access.known_device': local,
    'access.second_step': local,
    'access.provider_sign_in': local,
    'access.provider_person': local,
    'access.member_session': local,
    'access.member_link': local,
    'access.member_code': local,
    'access.code_to_deliver': local,
  },
  forget: forgetMember,
  routes: [...accessRoutes, ...memberRoutes],
}
