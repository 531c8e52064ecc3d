import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '#kernel/clock/index.ts'
import type { Person } from '../people.ts'

/** What a request of the table names; `headers` go before those of the person. */
export interface Named {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
  readonly file?: { readonly name: string; readonly text: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** Who lays the table: everything goes through the door, is judged like any other request, and is remembered. */
export interface Host {
  /** Where the server keeps its files; what a folder holds is the only thing that does not come through the door. */
  readonly folder: string
  readonly address: string
  readonly owner: Person
  /** The owner, in the business instead of the demo. */
  readonly inBusiness: Person
  readonly manager: Person
  readonly member: Person
  readonly anotherMember: Person
  readonly nobody: Person
  readonly tillKey: Person
  /** Different each time, so that the table can be laid again. */
  readonly mark: string
  /** Throws what was refused. */
  ask<Reply>(person: Person, operationId: string, named?: Named): Promise<Reply>
  /** The same, with the cookies that came with it. */
  askWithCookie<Reply>(person: Person, operationId: string, named?: Named): Promise<{ reply: Reply; cookie: string }>
}

/** One part of the table: what it makes stays for others to use up. */
export type Course = (host: Host) => Promise<void>

/** Waits for a job that the server does behind the scenes. */
export async function when<Found>(look: () => Promise<Found>, isSo: (found: Found) => boolean): Promise<Found> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look()
    if (isSo(found)) return found
    await pause(100)
  }
  throw new Error('the job did not end within a minute')
}

/** The day so many days from now. Example: 1 is tomorrow. */
export const dayFromNow = (days: number) =>
  new Date(systemClock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)

export const instantFromNow = (seconds: number) => new Date(systemClock.now().getTime() + seconds * 1000).toISOString()

interface Customers {
  readonly items: readonly { readonly partyId: string; readonly name: string }[]
}

/** Somebody new with a card and points to spend. */
export async function newMember(host: Host, name: string): Promise<{ partyId: string; card: string }> {
  const card = `${name}-${host.mark}`.toUpperCase()
  const body = { name: `${name} ${host.mark}`, identifiers: [{ kind: 'card', value: card }] }
  const { partyId } = await host.ask<{ partyId: string }>(host.owner, 'createParty', { body })
  await givePoints(host, partyId)
  return { partyId, card }
}

export async function givePoints(host: Host, partyId: string): Promise<void> {
  const body = { partyId, asset: 'points', amount: 900, reason: 'laying the table' }
  await host.ask(host.owner, 'adjustHolding', { body })
}

export const someCustomers = async (host: Host, find = ''): Promise<Customers['items']> =>
  (await host.ask<Customers>(host.owner, 'listCustomers', { query: { limit: 20, ...(find && { find }) } })).items
