import type { House } from '../house.ts'
import type { Caller } from '../operation.ts'
import { refuse } from '../refusal.ts'
import type { ApiKey, KeyKind } from './contract.ts'
import type { Permission } from './permissions.ts'
import { grantedTo, seenEvery } from './rules.ts'
import { hashOf, looksLikeApiKey, newApiKey } from './secret.ts'
import * as store from './store.ts'

const day = 86_400_000

/** Makes a key; `secret` is the whole key, which nobody can read again. */
export async function createKey(
  house: House,
  wish: {
    readonly name: string
    /** For the secret of a server or till, or for a web page, where anybody can read it: that one holds no permission. */
    readonly kind?: KeyKind
    readonly permissions: readonly Permission[]
    readonly merchantId?: string | null
    readonly createdBy: string | null
    readonly expiresInDays?: number | undefined
  },
): Promise<{ key: ApiKey; secret: string }> {
  const { key: secret, prefix } = newApiKey()
  const now = house.clock.now()
  const row: store.KeyRow = {
    keyId: house.newId(),
    name: wish.name,
    kind: wish.kind ?? 'server',
    prefix,
    permissions: wish.kind === 'browser' ? [] : [...new Set(wish.permissions)],
    merchantId: wish.merchantId ?? null,
    createdAt: now,
    lastUsedAt: null,
    expiresAt: wish.expiresInDays === undefined ? null : new Date(now.getTime() + wish.expiresInDays * day),
    revokedAt: null,
  }
  await house.database.transaction(async transaction => {
    await store.insertKey(transaction, { ...row, secretHash: hashOf(secret), createdBy: wish.createdBy })
    await house.live.announce(transaction, ['settings'])
  })
  return { key: store.keyShown(row), secret }
}

/**
 * A new key with the rights of an old one. The old one goes on for some days, so that every till can be given the new one in
 * its own time; its end is then certain.
 */
export async function replaceKey(
  house: House,
  keyId: string,
  { overlapDays, createdBy }: { readonly overlapDays: number; readonly createdBy: string | null },
): Promise<{ key: ApiKey; secret: string }> {
  const { key: secret, prefix } = newApiKey()
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    const old = await store.keyById(transaction, keyId)
    if (!old || old.revokedAt || hasEnded(old, now)) throw refuse('not-found', 'access:refusal.key-unknown')
    // As long from now as the old one was meant to live from its beginning.
    const life = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime()
    const row: store.KeyRow = {
      ...old,
      keyId: house.newId(),
      prefix,
      createdAt: now,
      lastUsedAt: null,
      expiresAt: life === null ? null : new Date(now.getTime() + life),
    }
    await store.insertKey(transaction, { ...row, secretHash: hashOf(secret), createdBy, replaces: keyId })
    await store.endKeyAt(transaction, keyId, new Date(now.getTime() + overlapDays * day))
    await house.live.announce(transaction, ['settings'])
    return { key: store.keyShown(row), secret }
  })
}

const hasEnded = (key: store.KeyRow, now: Date) => key.expiresAt !== null && key.expiresAt <= now

export async function revokeKey(house: House, keyId: string): Promise<void> {
  await house.database.transaction(async transaction => {
    if (!(await store.revokeKeyRow(transaction, keyId, house.clock.now()))) {
      throw refuse('not-found', 'access:refusal.key-unknown')
    }
    await house.live.announce(transaction, ['settings'])
  })
}

export type KeyCaller = Caller & { readonly kind: 'key' }

/** Whose key this is; undefined when it is none of ours, or revoked. */
export async function whoseKey(house: House, key: string): Promise<KeyCaller | undefined> {
  if (!looksLikeApiKey(key)) return undefined
  const row = await store.keyByHash(house.database, hashOf(key))
  const now = house.clock.now()
  if (!row || hasEnded(row, now)) return undefined
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() >= seenEvery) {
    await store.touchKey(house.database, row.keyId, now)
  }
  return {
    kind: 'key',
    id: row.keyId,
    name: row.name,
    keyKind: row.kind,
    permissions: grantedTo(row.permissions, row.merchantId),
    merchantId: row.merchantId,
  }
}

const rememberedFor = 5000
const rememberedAtMost = 1000

/**
 * `whoseKey` for the busy door: remembers the answer for five seconds, so that ten thousand events a second do not ask
 * the database who sent them. A revoked key may therefore still open for five seconds.
 */
export function rememberingKeys(house: House): (key: string) => Promise<KeyCaller | undefined> {
  const remembered = new Map<string, { readonly until: number; readonly caller: Promise<KeyCaller | undefined> }>()
  return async key => {
    if (!looksLikeApiKey(key)) return undefined
    const name = hashOf(key).toString('base64')
    const now = house.clock.now().getTime()
    const known = remembered.get(name)
    if (known && known.until > now) return known.caller
    // Oldest first out; a flood of wrong keys costs memory for a thousand at most.
    for (const oldest of remembered.keys()) {
      if (remembered.size < rememberedAtMost) break
      remembered.delete(oldest)
    }
    const caller = whoseKey(house, key)
    remembered.delete(name)
    remembered.set(name, { until: now + rememberedFor, caller })
    caller.catch(() => remembered.delete(name))
    return caller
  }
}
