import { z } from 'zod'

/** An id as it stands in the text of a cursor. */
export const idPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

const instant = z.iso.datetime().refine(text => !text.startsWith('0000'))

/**
 * Where a page of a list ended, as its `next` said: `<instant>_<id>`. Anything else is refused before it reaches the database. Ids
 * made of a digest have no version, so any will do.
 */
export const instantCursor = z.string().refine(text => {
  const [at, id, ...rest] = text.split('_')
  return rest.length === 0 && instant.safeParse(at).success && z.guid().safeParse(id).success
})
