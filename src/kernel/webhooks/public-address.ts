import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whether a web address that somebody else chose may be called. Pure: names are resolved by the caller, once, and the
 * connection goes to the address that was looked at here and to no other.
 */
export type Reach = 'public' | 'own-network' | 'never'

export interface AddressRule {
  /** Loopback and private networks, plain http and any port: for receivers that stand beside this machine. */
  readonly allowPrivate: boolean
}

/** Where clouds tell their machines secrets, by addresses that lie in ranges which may otherwise be called. */
const metadata: readonly string[] = ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254']

const ownNetwork4: readonly string[] = ['loopback', 'private', 'carrierGradeNat']
const globalUnicast6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** Documentation (RFC 9637); the library does not know it yet. */
const documentation6 = ipaddr.IPv6.parseCIDR('3fff::/20')

/**
 * How far an IP address reaches. What carries another address inside (6to4, NAT64, Teredo) is never called, as the inner one
 * would be reached unseen; an IPv4 address written as IPv6 counts as what it is.
 *
 * Example: `93.184.215.14` is public, `10.0.0.7` and `::ffff:127.0.0.1` are of the own network, `169.254.169.254` is never called.
 */
export function reachOf(address: string): Reach {
  if (isIP(address) === 0) return 'never'
  const bare = address.replace(/%.*$/, '')
  // In the one way of writing that means the same to everybody: the library takes `::127.0.0.1` for `::ffff:127.0.0.1`.
  const parsed = ipaddr.process(isIP(bare) === 6 ? hostOf(new URL(`http://[${bare}]`)) : bare)
  const text = parsed.toNormalizedString()
  if (metadata.some(each => ipaddr.parse(each).toNormalizedString() === text)) return 'never'
  const range: string = parsed.range()
  if (parsed instanceof ipaddr.IPv6) {
    if (range === 'loopback' || range === 'uniqueLocal') return 'own-network'
    const isPublic = range === 'unicast' && parsed.match(globalUnicast6) && !parsed.match(documentation6)
    return isPublic ? 'public' : 'never'
  }
  if (range === 'unicast') return 'public'
  return ownNetwork4.includes(range) ? 'own-network' : 'never'
}

/** Whether a connection may be made to this address. */
export function mayConnect(address: string, { allowPrivate }: AddressRule): boolean {
  const reach = reachOf(address)
  return reach === 'public' || (allowPrivate && reach === 'own-network')
}

export type UrlFault = 'url' | 'scheme' | 'credentials' | 'port' | 'address'

/**
 * What is wrong with a web address before any name is resolved; undefined when nothing is. The URL standard has by then turned
 * every way of writing an IPv4 address (octal, hexadecimal, one number, full-width digits) into dots, so that it is seen.
 *
 * Example: `https://2130706433/` is `address` (it is 127.0.0.1), `https://user:pw@example.com/` is `credentials`.
 */
export function faultOfUrl(text: string, rule: AddressRule): UrlFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.hostname) return 'url'
  const isPlain = url.protocol === 'http:'
  if (url.protocol !== 'https:' && !isPlain) return 'scheme'
  if (isPlain && !rule.allowPrivate) return 'scheme'
  if (url.username !== '' || url.password !== '') return 'credentials'
  if (!rule.allowPrivate && !['', '80', '443'].includes(url.port)) return 'port'
  const host = hostOf(url)
  if (isIP(host) !== 0) return mayConnect(host, rule) ? undefined : 'address'
  // A last label of digits can only be an address that the standard did not understand.
  if (/(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(host)) return 'address'
  if (!rule.allowPrivate && (!host.replace(/\.$/, '').includes('.') || isLocalName(host))) return 'address'
  return undefined
}

/** Names that by their own standards never lead outside (RFC 6761, 6762, 8375, 9476). */
function isLocalName(host: string): boolean {
  return /\.(localhost|local|internal|home\.arpa|lan|intranet|corp|home|test|invalid|alt|onion)\.?$/i.test(`.${host}`)
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/**
 * The address to connect to, of all that a name resolves to. One that may not be called spoils the name: who mixes inner and
 * public addresses tries to be let in by luck.
 *
 * Example: `['93.184.215.14', '10.0.0.7']` gives undefined, `['93.184.215.14']` itself.
 */
export function addressToCall(resolved: readonly string[], rule: AddressRule): string | undefined {
  return resolved.every(address => mayConnect(address, rule)) ? resolved[0] : undefined
}
