import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth2Server } from 'oauth2-mock-server'
import { Secret, TOTP } from 'otpauth'
import { systemClock } from '#kernel/clock/index.ts'
import { newAddress } from '../people.ts'
import { type Course, type Host, instantFromNow, newMember, when } from './host.ts'

const ending: (() => Promise<unknown>)[] = []

/** Those whom the server calls stand in this process until the end. */
export async function clearAway(): Promise<void> {
  for (const end of ending.splice(0)) await end()
  receiver = undefined
  provider = undefined
}

let receiver: Promise<string> | undefined

/** Takes every message, and says so. */
function receiverHere(): Promise<string> {
  receiver ??= new Promise(resolve => {
    const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(204).end()))
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`))
    ending.push(async () => {
      server.closeAllConnections()
      server.close()
    })
  })
  return receiver
}

/** An endpoint with messages that arrived. Its address is of this machine, which the business allows for as long as it likes. */
export const webhooks: Course = async host => {
  const { inBusiness: owner } = host
  await host.ask(owner, 'changeWebhookSettings', { body: { allowPrivate: true } })
  const { items } = await host.ask<{ items: { endpointId: string }[] }>(owner, 'listWebhooks')
  for (const { endpointId } of items.slice(5)) await host.ask(owner, 'removeWebhook', { params: { endpointId } })
  const url = await receiverHere()
  const create = () =>
    host.ask<{ endpoint: { endpointId: string } }>(owner, 'createWebhook', {
      body: { url, kinds: ['*'], description: host.mark },
    })
  const { endpointId } = (await create()).endpoint
  const params = { endpointId }
  await host.ask(owner, 'changeWebhook', { params, body: { description: `${host.mark} again`, state: 'active' } })
  await host.ask(owner, 'rotateWebhookSecret', { params, body: { overlapHours: 1 } })
  await host.ask(owner, 'testWebhook', { params, body: {} })
  const { partyId } = await host.ask<{ partyId: string }>(owner, 'createParty', { body: { name: `Hook ${host.mark}` } })
  const sale = { customer: { partyId }, amountMinor: 5000, lines: [], orderRef: `W-${host.mark}` }
  await host.ask(owner, 'tillSale', { body: sale })
  const list = () =>
    host.ask<{ items: { messageId: string }[] }>(owner, 'listDeliveries', { params, query: { limit: 50 } })
  const { items: sent } = await when(list, ({ items: each }) => each.length > 0)
  const { messageId } = sent[0]!
  await host.ask(owner, 'readDelivery', { params: { endpointId, messageId } })
  await host.ask(owner, 'retryDelivery', { params: { endpointId, messageId }, body: {} })
  await host.ask(owner, 'replayDeliveries', { params, body: { from: instantFromNow(-60), to: instantFromNow(0) } })
  await host.ask(owner, 'removeWebhook', { params: { endpointId: (await create()).endpoint.endpointId } })
}

const password = 'eight cups of tea'

/** A colleague with a password and a second step, who loses it again. */
export const colleagues: Course = async host => {
  const { inBusiness: owner, nobody, mark } = host
  await host.ask(owner, 'changeAccessSettings', { body: { idleHours: 168, lifeDays: 30, secondStepFor: [] } })
  const email = `lin.${mark}@tea.example`
  const { staff, link } = await host.ask<{ staff: { id: string }; link: { token: string } }>(owner, 'inviteStaff', {
    body: { name: `Lin ${mark}`, role: 'front-desk', email },
  })
  const staffId = staff.id
  const come = async (operationId: string, body: object) => {
    const { cookie } = await host.askWithCookie(nobody, operationId, {
      body,
      headers: { 'x-forwarded-for': newAddress() },
    })
    return { headers: { cookie } }
  }
  const lin = await come('followSignInLink', { token: link.token })
  const changed = await host.askWithCookie(nobody, 'changeMe', { ...lin, body: { password } })
  const still = changed.cookie ? { headers: { ...lin.headers, cookie: changed.cookie } } : lin
  const { secret } = await host.ask<{ secret: string }>(nobody, 'beginSecondStep', {
    ...still,
    body: { currentPassword: password },
  })
  const { recoveryCodes } = await host.ask<{ recoveryCodes: string[] }>(nobody, 'confirmSecondStep', {
    ...still,
    body: { code: codeNow(secret) },
  })
  const signedIn = await come('signIn', { email, password, code: recoveryCodes[0] })
  await host.ask(nobody, 'endSecondStep', { ...signedIn, body: { code: recoveryCodes[1] } })
  await host.ask(nobody, 'readSession', signedIn)
  await host.ask(nobody, 'signOut', signedIn)
  await host.ask(owner, 'resetSecondStep', { params: { staffId } })
  await host.ask(owner, 'linkStaff', { params: { staffId } })
  await host.ask(owner, 'changeStaff', { params: { staffId }, body: { name: `Lin ${mark} Xiaoyu`, role: 'service' } })
  await host.ask(owner, 'changeStaff', { params: { staffId }, body: { active: false } })
}

const codeNow = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: systemClock.now().getTime() })

let provider: Promise<string> | undefined

/** Somebody who vouches for people at once. */
function providerHere(): Promise<string> {
  provider ??= (async () => {
    const server = new OAuth2Server()
    await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
    server.service.on('beforeTokenSigning', token =>
      Object.assign(token.payload, { sub: 'mei', email: 'mei@tea.example', email_verified: true, name: 'Mei' }),
    )
    ending.push(() => server.stop())
    return server.issuer.url!
  })()
  return provider
}

/** Signing in by somebody else's word, and a customer by a code that was read out to them. */
export const strangers: Course = async host => {
  const { inBusiness: owner, nobody } = host
  const settings = {
    ...{ isOn: true, issuer: await providerHere(), clientId: 'guanxi', clientSecret: 'canary', name: 'Tea Works' },
    ...{ domains: ['tea.example'], roleClaim: '', rolesByClaim: {}, roleForNew: 'front-desk' },
  }
  await host.ask(owner, 'changeProvider', { body: settings })
  const from = { 'x-forwarded-for': newAddress() }
  const begun = await host.askWithCookie<{ address: string }>(nobody, 'beginProviderSignIn', {
    body: {},
    headers: from,
  })
  const answer = await fetch(begun.reply.address, { redirect: 'manual' })
  const { search } = new URL(answer.headers.get('location')!)
  await host.ask(nobody, 'finishProviderSignIn', { body: { search }, headers: { cookie: begun.cookie, ...from } })
  await byCode(host)
}

async function byCode(host: Host): Promise<void> {
  const { partyId, card } = await newMember(host, 'code')
  const { code } = await host.ask<{ code: string }>(host.owner, 'makeCardCode', { params: { partyId } })
  const headers = { 'guanxi-world': 'demo', 'x-forwarded-for': newAddress() }
  await host.ask(host.nobody, 'signInWithCardCode', { body: { identifier: card, code }, headers })
  const key = host.tillKey.headers.authorization!.replace('Bearer ', '')
  await host.ask(host.tillKey, 'readSegmentSettings', { params: { key } })
}
