import { createServer } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { addressToCall, faultOfUrl, mayConnect, reachOf } from './public-address.ts'
import { post } from './send.ts'

const closed = { allowPrivate: false }
const own = { allowPrivate: true }

test.each([
  ['93.184.215.14', 'public'],
  ['1.1.1.1', 'public'],
  ['2606:4700:4700::1111', 'public'],
  ['127.0.0.1', 'own-network'],
  ['10.255.255.255', 'own-network'],
  ['172.16.0.1', 'own-network'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'own-network'],
  ['100.64.0.1', 'own-network'],
  ['100.128.0.1', 'public'],
  ['::1', 'own-network'],
  ['fd12:3456::1', 'own-network'],
  ['::ffff:10.0.0.1', 'own-network'],
  ['::ffff:93.184.215.14', 'public'],
  ['0.0.0.0', 'never'],
  ['::', 'never'],
  ['169.254.169.254', 'never'],
  ['::ffff:169.254.169.254', 'never'],
  ['100.100.100.200', 'never'],
  ['168.63.129.16', 'never'],
  ['fd00:ec2::254', 'never'],
  ['224.0.0.1', 'never'],
  ['255.255.255.255', 'never'],
  ['240.0.0.1', 'never'],
  ['192.0.2.1', 'never'],
  ['198.18.0.1', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['fec0::1', 'never'],
  ['ff02::1', 'never'],
  ['2002:7f00:1::', 'never'],
  ['2001:0:7f00:1::', 'never'],
  ['64:ff9b::7f00:1', 'never'],
  ['64:ff9b:1::7f00:1', 'never'],
  ['::127.0.0.1', 'never'],
  ['2001:db8::1', 'never'],
  ['3fff::1', 'never'],
  ['100::1', 'never'],
  ['4000::1', 'never'],
  ['not an address', 'never'],
])('%s is %s', (address, reach) => {
  expect(reachOf(address)).toBe(reach)
})

test.each([
  ['https://example.com/hooks', closed, undefined],
  ['https://example.com:443/', closed, undefined],
  ['https://xn--fiqs8s.example/', closed, undefined],
  ['https://[2606:4700:4700::1111]/', closed, undefined],
  ['http://example.com/', closed, 'scheme'],
  ['http://example.com/', own, undefined],
  ['ftp://example.com/', own, 'scheme'],
  ['file:///etc/passwd', own, 'url'],
  ['https://user@example.com/', own, 'credentials'],
  ['https://example.com:8443/', closed, 'port'],
  ['https://example.com:8443/', own, undefined],
  ['https://shop/', closed, 'address'],
  ['https://shop/', own, undefined],
  ['https://169.254.169.254/', own, 'address'],
  ['', own, 'url'],
])('%s by %j has the fault %s', (url, rule, fault) => {
  expect(faultOfUrl(url, rule)).toBe(fault)
})

test.each([
  [['93.184.215.14'], closed, '93.184.215.14'],
  [['93.184.215.14', '10.0.0.7'], closed, undefined],
  [['10.0.0.7', '93.184.215.14'], closed, undefined],
  [['10.0.0.7'], own, '10.0.0.7'],
  [['169.254.169.254'], own, undefined],
])('of %j by %j the address to call is %s', (resolved, rule, address) => {
  expect(addressToCall(resolved, rule)).toBe(address)
})

/** Inner addresses, each in all the ways in which it can be written into a URL. */
const inner4 = [
  '127.0.0.1',
  '127.8.9.1',
  '10.0.0.1',
  '172.16.5.4',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
]
const writings = (address: string): string[] => {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const octal = (part: number) => `0${part.toString(8)}`
  const hex = (part: number) => `0x${part.toString(16)}`
  const high = ((a << 8) | b).toString(16)
  const low = ((c << 8) | d).toString(16)
  return [
    address,
    `${address}.`,
    String(whole),
    hex(whole),
    `0${whole.toString(8)}`,
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map(hex).join('.'),
    [octal(a), hex(b), c, d].join('.'),
    `${a}.${(b << 16) | (c << 8) | d}`,
    `${a}.${b}.${(c << 8) | d}`,
    address.replace(/\d/g, digit => String.fromCodePoint(0xff10 + Number(digit))),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '．'),
    address.replaceAll('.', '｡'),
    address.replaceAll('.', '%2e'),
    address.replace(/1/g, '①').replace(/2/g, '②'),
    `[::ffff:${address}]`,
    `[::ffff:${high}:${low}]`,
    `[0:0:0:0:0:ffff:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[2002:${high}:${low}::]`,
    `[2001:0:${high}:${low}::1]`,
  ]
}
const others = [
  '[::1]',
  '[::]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[fc00::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '224.0.0.251',
  '255.255.255.255',
  '192.0.0.192',
  '100.100.100.200',
  '168.63.129.16',
  'localhost',
  'LOCALHOST.',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'api.localhost',
  'metadata.google.internal',
  'printer.local',
  'router.home.arpa',
  'intranet',
  'user@127.0.0.1',
  'example.com@127.0.0.1',
  'example.com:pw@10.0.0.1',
  'example.com:22',
  'example.com:6379',
  'example.com:5432',
]
const corpus = [...inner4.flatMap(writings), ...others].map(host => `https://${host}/latest/meta-data/`)

/** Names that look public and resolve to what is not. */
const liars: Readonly<Record<string, readonly string[]>> = {
  'loop.example.com': ['127.0.0.1'],
  'mixed.example.com': ['93.184.215.14', '10.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  'mapped.example.com': ['::ffff:127.0.0.1'],
  'six.example.com': ['::1'],
  'nat64.example.com': ['64:ff9b::7f00:1'],
  'nothing.example.com': [],
  'words.example.com': ['not an address'],
}

describe('at the socket', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** Watches every connection that is tried, and lets none through. */
  function watched(): { host: string; port: number }[] {
    const tried: { host: string; port: number }[] = []
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...given: unknown[]) {
      const options = (Array.isArray(given[0]) ? given[0][0] : given[0]) as { host: string; port: number }
      tried.push({ host: options.host, port: Number(options.port) })
      setImmediate(() => this.destroy(Object.assign(new Error('watched'), { code: 'ECONNREFUSED' })))
      return this
    })
    return tried
  }

  const message = { body: '{}', headers: {} }

  it('not one connection is made for a corpus of more than 200 addresses that lead inside', async () => {
    expect(corpus.length).toBeGreaterThan(200)
    const tried = watched()
    // Even a resolver that knows them all and says that they are public helps nobody who wrote an address.
    const resolve = async (host: string) => liars[host] ?? ['127.0.0.1']
    for (const url of [...corpus, ...Object.keys(liars).map(host => `https://${host}/`)]) {
      const outcome = await post({ ...message, url }, { rule: closed, resolve, timeout: 1000 })
      expect({ url, fault: outcome.fault }).toEqual({
        url,
        fault: url.includes('nothing') ? 'not-found' : 'forbidden-address',
      })
    }
    expect(tried).toEqual([])
  })

  it('a name that changes its mind is asked once, and the connection goes to what was looked at', async () => {
    const tried = watched()
    let asked = 0
    const resolve = async () => (asked++ === 0 ? ['93.184.215.14'] : ['127.0.0.1'])
    const outcome = await post({ ...message, url: 'https://rebinding.example.com/' }, { rule: closed, resolve })
    expect(outcome.fault).toBe('unreachable')
    expect(asked).toBe(1)
    expect(tried).toEqual([{ host: '93.184.215.14', port: 443 }])
  })

  it('a redirect inside is not followed', async () => {
    let inside = 0
    const secret = createServer((_request, response) => {
      inside += 1
      response.end()
    })
    await new Promise<void>(done => secret.listen(0, '127.0.0.1', done))
    const { port: secretPort } = secret.address() as AddressInfo
    const receiver = createServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${secretPort}/` }).end()
    })
    await new Promise<void>(done => receiver.listen(0, '127.0.0.1', done))
    const { port } = receiver.address() as AddressInfo
    const outcome = await post({ ...message, url: `http://127.0.0.1:${port}/` }, { rule: own })
    expect(outcome).toMatchObject({ status: 307, fault: 'redirected' })
    expect(inside).toBe(0)
    receiver.close()
    secret.close()
  })

  it('with the own network allowed, what clouds tell their machines stays out of reach', () => {
    for (const address of ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254', '168.63.129.16']) {
      expect(mayConnect(address, own)).toBe(false)
    }
  })
})
