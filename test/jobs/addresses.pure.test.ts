import { expect, test } from 'vitest'
import { addressRefused, isClosedAddress } from '../../src/jobs/addresses.ts'
import { plainOutside } from '../../src/jobs/outside.ts'
import { nodeOutside, publicLookup } from '../../src/jobs/outside-node.ts'

test('addresses of private and special networks are closed, those of the internet are not', () => {
  const closed = [
    '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.168.1.1',
    '198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1',
    '::127.0.0.1 64:ff9b::a00:1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001:db8::1 2002:7f00:1:: 100::1',
    'localhost nonsense 1.2.3 1.2.3.4.5 256.1.1.1 1::2::3 12345::1',
  ].flatMap((line) => line.split(' '))
  expect(closed.filter((address) => !isClosedAddress(address))).toEqual([])
  const open =
    '1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.128.0.1 172.15.0.1 172.32.0.1 192.167.1.1 193.0.0.1 2606:4700::1111 ::ffff:8.8.8.8'
  expect(open.split(' ').filter(isClosedAddress)).toEqual([])
})

test('in production only https to the internet is asked, however the address is written', () => {
  const cases: [string, ReturnType<typeof addressRefused>][] = [
    ['https://example.lv/hook', null],
    ['https://example.lv:8443/hook', null],
    ['https://93.184.216.34/', null],
    ['http://example.lv/', 'https'],
    ['http://localhost:3000/', 'https'],
    ['https://localhost/', 'private'],
    ['https://localhost./', 'private'],
    ['https://127.0.0.1/', 'private'],
    ['https://2130706433/', 'private'],
    ['https://0x7f.1/', 'private'],
    ['https://0177.0.0.1/', 'private'],
    ['https://[::1]/', 'private'],
    ['https://[::ffff:169.254.169.254]/', 'private'],
    ['https://metadata/', 'private'],
    ['https://db.internal/', 'private'],
    ['https://vieta.local/', 'private'],
    ['https://user@example.lv/', 'url'],
    ['file:///etc/passwd', 'url'],
    ['gopher://example.lv/', 'url'],
    ['nonsense', 'url'],
  ]
  expect(cases.map(([address]) => [address, addressRefused(address, true)])).toEqual(cases)
  expect(addressRefused('http://localhost:3000/', false)).toBeNull()
  expect(addressRefused('http://192.168.0.1/', false)).toBe('https')
})

test('a name that leads to a private address today is not asked, wherever it led when it was entered', async () => {
  // `localhost` stands for any name: by now it leads to this machine
  const looked = (all: boolean) =>
    new Promise((resolve) => publicLookup('localhost', { all }, (error, address) => resolve(error?.code ?? address)))
  expect([await looked(true), await looked(false)]).toEqual(['EFORBIDDEN', 'EFORBIDDEN'])
})

test('a private address is not asked by the program either: nothing goes out', async () => {
  const settings = { address: null, smtp_url: null, mail_from: null, drop_folder: null }
  const outside = nodeOutside({ production: true, ...settings })
  const ask = (url: string) => outside.ask({ url, method: 'POST', headers: {}, body: '' }, AbortSignal.timeout(5_000))
  expect(await ask('https://169.254.169.254/latest')).toEqual({ failed: 'forbidden_address', said: '169.254.169.254' })
  expect(
    await plainOutside(true).ask(
      { url: 'http://127.0.0.1/', method: 'GET', headers: {}, body: null },
      AbortSignal.timeout(5_000),
    ),
  ).toMatchObject({ failed: 'forbidden_address' })
})
