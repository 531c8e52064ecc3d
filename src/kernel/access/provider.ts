import * as oidc from 'openid-client'
import { z } from 'zod'
import type { House } from '../house.ts'
import { refuse } from '../refusal.ts'
import type { Role } from './permissions.ts'
import { roleOf } from './provider-rules.ts'
import { hashOf, newSecret } from './secret.ts'
import { type ProviderSettings, providerSettings } from './security-contract.ts'
import { type Beginning, beginSession, type NewSession } from './sign-in.ts'
import * as store from './store.ts'

const settingsName = 'access.provider'
const minutes = 10

const kept = z.object({
  ...providerSettings.omit({ hasSecret: true }).shape,
  clientSecret: z.string(),
})
const nothing = {
  isOn: false,
  issuer: '',
  clientId: '',
  name: '',
  domains: [],
  roleClaim: '',
  rolesByClaim: {},
  roleForNew: null,
  clientSecret: '',
}
const keptOrNothing = kept.partial().transform((told): Provider => kept.parse({ ...nothing, ...told }))

interface Provider extends Omit<ProviderSettings, 'hasSecret'> {
  readonly clientSecret: string
}

const read = (house: House): Promise<Provider> => house.settings.read(settingsName, keptOrNothing)

export async function readProvider(house: House): Promise<ProviderSettings> {
  const { clientSecret, ...shown } = await read(house)
  return { ...shown, hasSecret: clientSecret !== '' }
}

/** Kept only once the provider has answered under its address: a door that does not open is told now, not on Monday morning. */
export async function changeProvider(
  house: House,
  wish: Omit<Provider, 'clientSecret'> & { readonly clientSecret?: string | undefined },
): Promise<ProviderSettings> {
  const clientSecret = wish.clientSecret ?? (await read(house)).clientSecret
  const provider = { ...wish, clientSecret }
  if (wish.isOn) {
    if (!wish.issuer || !wish.clientId || !clientSecret || wish.domains.length === 0) {
      throw refuse('invalid', 'access:refusal.provider-incomplete')
    }
    await discovered(provider)
  }
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, provider)
    await house.live.announce(transaction, ['settings'])
  })
  return readProvider(house)
}

/** The provider's own description of itself. Plain http only on this machine, where tests and try-outs run. */
async function discovered({ issuer, clientId, clientSecret }: Provider): Promise<oidc.Configuration> {
  const address = new URL(issuer)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname)
  if (address.protocol !== 'https:' && !isHere) throw refuse('invalid', 'access:refusal.provider-unreachable')
  try {
    return await oidc.discovery(address, clientId, clientSecret, undefined, {
      timeout: 10,
      ...(isHere && { execute: [oidc.allowInsecureRequests] }),
    })
  } catch {
    throw refuse('unavailable', 'access:refusal.provider-unreachable')
  }
}

async function requireOn(house: House): Promise<Provider> {
  const provider = await read(house)
  if (!provider.isOn) throw refuse('not-found', 'access:refusal.provider-off')
  return provider
}

export async function providerName(house: House): Promise<string | null> {
  const { isOn, name, issuer } = await read(house)
  return isOn ? name || new URL(issuer).hostname : null
}

/**
 * Where the browser goes to sign in: authorization code with PKCE, a state that is good once and only in this browser, and a nonce
 * that ties the token to it. `browser` is for a cookie.
 */
export async function beginProviderSignIn(
  house: House,
  returnTo: string,
): Promise<{ address: string; browser: string }> {
  const provider = await requireOn(house)
  const configuration = await discovered(provider)
  const [state, browser, nonce, verifier] = [newSecret(), newSecret(), newSecret(), oidc.randomPKCECodeVerifier()]
  const now = house.clock.now()
  await house.database.query(
    `with gone as (delete from access.provider_sign_in where expires_at < $5)
     insert into access.provider_sign_in (state_hash, browser_hash, nonce, verifier, expires_at)
     values ($1, $2, $3, $4, $6)`,
    [hashOf(state), hashOf(browser), nonce, verifier, now, new Date(now.getTime() + minutes * 60_000)],
  )
  const address = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: returnTo,
    scope: 'openid email profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return { address: address.href, browser }
}

/**
 * Comes in with what the provider sent back. Known by their id at the provider, else by a verified e-mail address of an allowed
 * domain; who is new gets the role that the settings give them, or is refused. The provider never makes an owner of a stranger.
 */
export async function finishProviderSignIn(
  house: House,
  given: Beginning & { readonly returnTo: string; readonly search: string; readonly browser: string | undefined },
): Promise<NewSession> {
  const provider = await requireOn(house)
  const returned = new URL(given.returnTo)
  returned.search = given.search
  const state = returned.searchParams.get('state') ?? ''
  const [begun] = await house.database.query<{ nonce: string; verifier: string }>(
    `delete from access.provider_sign_in where state_hash = $1 and browser_hash = $2 and expires_at > $3
     returning nonce, verifier`,
    [hashOf(state), hashOf(given.browser ?? ''), house.clock.now()],
  )
  if (!begun) throw refuse('unauthenticated', 'access:refusal.provider-refused')
  const configuration = await discovered(provider)
  const claims = await oidc
    .authorizationCodeGrant(configuration, returned, {
      expectedState: state,
      expectedNonce: begun.nonce,
      pkceCodeVerifier: begun.verifier,
      idTokenExpected: true,
    })
    .then(tokens => tokens.claims())
    .catch(() => undefined)
  if (!claims) throw refuse('unauthenticated', 'access:refusal.provider-refused')

  return house.database.transaction(async transaction => {
    await store.lockStaff(transaction)
    const known = { issuer: claims.iss, subject: claims.sub }
    const [row] = await transaction.query<{ staffId: string }>(
      'select staff_id as "staffId" from access.provider_person where issuer = $1 and subject = $2',
      [known.issuer, known.subject],
    )
    const email = typeof claims.email === 'string' ? claims.email.toLowerCase() : ''
    const isAllowed = claims.email_verified === true && provider.domains.includes(email.split('@').at(-1) ?? '')
    if (!isAllowed) throw stranger()
    const before = row ? await store.staffById(transaction, row.staffId) : await store.staffByEmail(transaction, email)
    if (before?.removedAt) throw stranger()
    const role = roleOf(provider, claims)
    const staff = before ?? (role && (await newStaff(role)))
    if (!staff) throw stranger()
    if (!row) {
      await transaction.query('insert into access.provider_person (issuer, subject, staff_id) values ($1, $2, $3)', [
        known.issuer,
        known.subject,
        staff.id,
      ])
    }
    return beginSession(house, transaction, { staff, begunBy: 'provider', ...given })

    async function newStaff(role: Role): Promise<store.StaffRow> {
      const made: store.StaffRow = {
        id: house.newId(),
        name: typeof claims!.name === 'string' ? claims!.name.slice(0, 120) : email.split('@')[0]!,
        email,
        role,
        language: null,
        passwordHash: null,
        merchantId: null,
        hasSecondStep: false,
        createdAt: house.clock.now(),
        lastSeenAt: null,
        removedAt: null,
      }
      await store.insertStaff(transaction, made)
      await house.live.announce(transaction, ['settings'])
      return made
    }
  })
}

const stranger = () => refuse('unauthenticated', 'access:refusal.provider-stranger')
