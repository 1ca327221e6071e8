/**
 * Which addresses other people may have us ask. Whoever names an endpoint must not reach through us what only our machine
 * reaches: other services beside us, the network of the house, the cloud's own doors. Pure.
 */

/** IPv4 networks that are not the public internet (RFC 6890 and its kin). */
const closed4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** The same of IPv6; of 64:ff9b::/96 and 2002::/16, which carry an IPv4 address, none is asked. */
const closed6: [string, number][] = [
  ['::', 96],
  ['64:ff9b::', 32],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
]

/** True for an IP address that is not one of the public internet, and for what is no IP address. */
export function isClosedAddress(address: string): boolean {
  const four = bits4(address)
  if (four !== null) return closed4.some(([network, length]) => within(four, bits4(network)!, length))
  const six = bits6(address)
  if (six === null) return true
  // an IPv4 address in the clothes of an IPv6 one
  const mapped = '0'.repeat(80) + '1'.repeat(16)
  if (six.startsWith(mapped)) return closed4.some(([network, length]) => within(six.slice(96), bits4(network)!, length))
  return closed6.some(([network, length]) => within(six, bits6(network)!, length))
}

/**
 * Why an address may not be asked, as far as it tells by itself; what its name leads to is looked at again when it is asked.
 * @param production outside it, http to this machine is allowed: for trying things out
 */
export function addressRefused(address: string, production: boolean): 'url' | 'https' | 'private' | null {
  if (!URL.canParse(address)) return 'url'
  const { protocol, hostname, username, password } = new URL(address)
  if (username !== '' || password !== '') return 'url'
  if (protocol !== 'http:' && protocol !== 'https:') return 'url'
  if (!production && isThisMachine(hostname)) return null
  if (protocol !== 'https:') return 'https'
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (bits4(host) !== null || host.includes(':')) return isClosedAddress(host) ? 'private' : null
  return !host.includes('.') || /\.(localhost|local|internal|intranet|lan|home\.arpa|test|invalid)$/.test(host)
    ? 'private'
    : null
}

export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

function within(address: string, network: string, length: number): boolean {
  return address.slice(0, length) === network.slice(0, length)
}

function bits4(address: string): string | null {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('')
}

function bits6(address: string): string | null {
  const [plain = ''] = address.split('%')
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain)
  if (tail !== null) {
    const four = bits4(tail[2]!)
    if (four === null) return null
    const words = [four.slice(0, 16), four.slice(16)].map((word) => Number.parseInt(word, 2).toString(16))
    return bits6(tail[1]! + words.join(':'))
  }
  const [head = '', rest, more] = plain.split('::')
  if (more !== undefined) return null
  const before = head === '' ? [] : head.split(':')
  const after = rest === undefined || rest === '' ? [] : rest.split(':')
  const missing = 8 - before.length - after.length
  if (rest === undefined ? missing !== 0 : missing < 1) return null
  const words = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null
  return words.map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0')).join('')
}
