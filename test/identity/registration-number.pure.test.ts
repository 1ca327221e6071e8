import { expect, test } from 'vitest'
import { deviceOf } from '../../src/identity/device.ts'
import { permissionsOf, rolesIn } from '../../src/identity/permissions.ts'
import { isRegistrationNumber } from '../../src/identity/registration-number.ts'

// Printed by their owners: Rīga, Daugavpils, the Register of Enterprises, a company.
test.each(['90011524360', '90000077325', '90000270634', '40003032949', '40003521600'])(
  '%s is a registration number',
  (number) => expect(isRegistrationNumber(number)).toBe(true),
)

test.each([
  ['a wrong last digit', '90000077326'],
  ['two digits swapped', '90000073725'],
  ['a personal code', '16117519997'],
  ['ten digits', '9000007732'],
  ['twelve digits', '900000773250'],
  ['letters', '9000007732a'],
  ['nothing', ''],
])('%s is no registration number', (_what, number) => expect(isRegistrationNumber(number)).toBe(false))

test('a device is named by browser and system, the more special name first', () => {
  const windows =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
  expect(deviceOf(windows)).toBe('Chrome · Windows')
  expect(deviceOf(`${windows} Edg/140.0`)).toBe('Edge · Windows')
  expect(deviceOf('Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36')).toBe(
    'Chrome · Android',
  )
  expect(
    deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Mobile Safari/604'),
  ).toBe('Safari · iPhone')
  expect([deviceOf('curl/8'), deviceOf(null)]).toEqual([null, null])
})

test('a region oversees and keeps no providers; a municipality adds no organisations', () => {
  expect(rolesIn('region')).toEqual(['coordinator', 'auditor', 'administrator'])
  expect(permissionsOf(['administrator'], 'region').has('provider.manage')).toBe(false)
  expect(permissionsOf(['administrator'], 'region').has('organisation.add')).toBe(true)
  expect(permissionsOf(['administrator'], 'municipality').has('organisation.add')).toBe(false)
  expect(permissionsOf(['administrator'], 'state').has('provider.manage')).toBe(true)
})
