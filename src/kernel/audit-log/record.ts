import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { Refusal } from '#kernel/refusal.ts'
import { withoutSecrets } from './content.ts'
import { difference } from './difference.ts'
import { nameOfThing } from './naming.ts'
import { partiesIn } from './parties.ts'
import { readingOf } from './reading.ts'

/** Who asks for what: the part of a request that a record is made of. */
export interface Acting {
  readonly caller: Caller
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
}

type Actor = Caller & { readonly kind: 'staff' | 'key' }

/** Staff and keys act; members have their own history, and questions change nothing. Who takes a file away, acts. */
function actorIn({ method, format, isQuestion, permission }: Operation, caller: Caller): Actor | undefined {
  if ((method === 'GET' && format === undefined) || isQuestion || permission === 'public') return undefined
  return caller.kind === 'staff' || caller.kind === 'key' ? caller : undefined
}

/**
 * Does something and keeps that it was done: in the first transaction that the work commits, so that no act without its record can
 * survive a crash; right after it where the work has none. What can be asked before and after is asked, and the difference kept.
 * A refusal is kept too, with its code.
 *
 * Example: front desk changes a name: one act `changeParty`, one change `name` from 王芳 to 王芬.
 */
export async function recorded<Answer>(
  house: House,
  operation: Operation,
  acting: Acting,
  perform: (house: House) => Promise<Answer>,
): Promise<Answer> {
  const actor = actorIn(operation, acting.caller)
  if (!actor) return perform(house)
  const reading = readingOf(house, operation, acting)
  const before = await reading?.()
  const written = { actId: house.newId(), isKept: false }
  const keep = (transaction: Transaction) =>
    insertAct(house, transaction, { operation, actor, acting, actId: written.actId })
  try {
    // What hands out a file reads in transactions of its own while it is being sent, when this is long over.
    const answer = await perform(operation.format === undefined ? keepingWith(house, written, keep) : house)
    if (!written.isKept) await house.database.transaction(keep)
    const after = await reading?.()
    const changes = reading ? difference(before, after) : []
    const partyIds = partiesIn(answer)
    const file = operation.format === 'file' ? (answer as { readonly name: string }).name : undefined
    const named = file ?? nameOfThing(subjectOf(acting), answer, after, before)
    if (changes.length > 0 || partyIds.length > 0 || named !== undefined)
      await complete(house, written.actId, { changes, partyIds, named })
    return answer
  } catch (error) {
    await keepRefused(house, operation, acting, error)
    throw error
  }
}

/** An attempt that came to nothing; what broke in the house itself is kept as failed. */
export async function keepRefused(house: House, operation: Operation, acting: Acting, error: unknown): Promise<void> {
  const actor = actorIn(operation, acting.caller)
  if (!actor) return
  const refusal = error instanceof Refusal ? error : undefined
  // What was typed wrong is no attempt at anything; the form says so and is sent again.
  if (refusal?.kind === 'invalid' || refusal?.kind === 'too-many' || refusal?.kind === 'unavailable') return
  await house.database.transaction(transaction =>
    insertAct(house, transaction, {
      operation,
      actor,
      acting,
      actId: house.newId(),
      outcome: refusal ? 'refused' : 'failed',
      code: refusal?.code ?? null,
    }),
  )
}

/** The house, with a record written at the end of the first transaction that commits. */
function keepingWith(
  house: House,
  written: { isKept: boolean },
  keep: (transaction: Transaction) => Promise<void>,
): House {
  const transaction: House['database']['transaction'] = async work => {
    const keepsNow = !written.isKept
    const result = await house.database.transaction(async transaction => {
      const done = await work(transaction)
      if (keepsNow) await keep(transaction)
      return done
    })
    if (keepsNow) written.isKept = true
    return result
  }
  return { ...house, database: { ...house.database, transaction } }
}

async function insertAct(
  house: House,
  transaction: Transaction,
  given: {
    readonly operation: Operation
    readonly actor: Actor
    readonly acting: Acting
    readonly actId: string
    readonly outcome?: 'refused' | 'failed'
    readonly code?: string | null
  },
): Promise<void> {
  const { operation, actor, acting, actId, outcome = 'done', code = null } = given
  const partyIds = partiesIn(acting.params, acting.body)
  const asked = outcome === 'done' ? withoutSecrets(operation.body, acting.body) : {}
  await transaction.prepared(
    'audit_log.act',
    `with kept as (
       insert into audit_log.act (act_id, acted_at, actor_kind, actor_id, actor_name, operation, room, subject, party_id,
         merchant_id, outcome, code)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))
     insert into audit_log.content (act_id, party_ids, asked, changes) values ($1, $13, $14, '[]')`,
    [
      actId,
      house.clock.now(),
      actor.kind,
      actor.id,
      actor.name,
      operation.id,
      roomOf(house, operation),
      JSON.stringify(subjectOf(acting)),
      partyIds[0] ?? null,
      actor.merchantId ?? null,
      outcome,
      code,
      partyIds,
      JSON.stringify(asked),
    ],
  )
}

/** In the order in which they were named: whom the act is about stands first. */
async function complete(
  house: House,
  actId: string,
  told: {
    readonly changes: readonly unknown[]
    readonly partyIds: readonly string[]
    readonly named: string | undefined
  },
): Promise<void> {
  await house.database.query(
    `update audit_log.content set changes = $2, asked = asked || $4::jsonb,
       party_ids = party_ids || array(select p from unnest($3::uuid[]) with ordinality as given(p, place)
         where p <> all (party_ids) order by place) where act_id = $1`,
    [actId, JSON.stringify(told.changes), told.partyIds, JSON.stringify({ named: told.named })],
  )
}

const subjectOf = ({ params }: Acting): Record<string, string> =>
  Object.fromEntries(Object.entries((params ?? {}) as object).map(([name, value]) => [name, String(value)]))

/** `/api/points/draft` belongs to `points`; what is done to a customer, to `customers`. */
function roomOf(_house: House, { path }: Operation): string {
  const [, part = '', id, inner] = path.replace(/^\/api/, '').split('/')
  if (part === 'parties') return id !== undefined && inner !== undefined ? inner : 'customers'
  return part
}
