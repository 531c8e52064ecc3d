import { createHash, randomBytes } from 'node:crypto'
import type { Transaction } from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'

const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** 125 random bits in letters that nobody takes for one another, in groups that can be read out. */
export function newCode(): string {
  const code = [...randomBytes(25)].map(byte => letters[byte % 32]).join('')
  return code.match(/.{5}/g)!.join('-')
}

/** As people type it: any case, with or without hyphens and spaces. */
export function hashOf(code: string): Buffer {
  return createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest()
}

export interface Code {
  readonly kind: 'gift' | 'household'
  readonly partyId: string
  readonly subject: string
  readonly until: Date
  readonly usedBy: string | null
}

export async function keepCode(
  transaction: Transaction,
  code: string,
  { kind, partyId, subject, until }: Omit<Code, 'usedBy'>,
): Promise<void> {
  await transaction.query(
    'insert into sharing.code (code_hash, kind, party_id, subject, until) values ($1, $2, $3, $4, $5)',
    [hashOf(code), kind, partyId, subject, until],
  )
}

/** Finds a code and locks it, so that it is used by one. */
export async function openCode(transaction: Transaction, code: string, kind: Code['kind']): Promise<Code> {
  const [found] = await transaction.query<Code>(
    `select kind, party_id as "partyId", subject, until, used_by as "usedBy" from sharing.code
     where code_hash = $1 and kind = $2 for update`,
    [hashOf(code), kind],
  )
  if (!found) throw refuse('not-found', 'sharing:refusal.no-such-code')
  return found
}

export async function markUsed(transaction: Transaction, code: string, partyId: string): Promise<void> {
  await transaction.query('update sharing.code set used_by = $2 where code_hash = $1', [hashOf(code), partyId])
}
