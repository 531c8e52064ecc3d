import { reference } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'

export const catalogueRoom: Room = {
  name: 'kernel/catalogue',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'catalogue.product': reference },
}
