import { expect, test } from 'vitest'
import { isAddressIn, isAddressScheme, isVatNumber, namedSchemes } from '../../src/identity/electronic-address.ts'

test('a scheme is one of the list of electronic addresses', () => {
  expect([...namedSchemes, '0192', '9930', 'EM'].filter((code) => !isAddressScheme(code))).toEqual([])
  expect(['', '9999', '218', ' 0218', '0218 9939', 'em'].filter(isAddressScheme)).toEqual([])
})

test('a Latvian VAT number is LV and a registration number whose last digit checks it', () => {
  expect(isVatNumber('LV90000077325')).toBe(true)
  const wrong = ['90000077325', 'LV90000077326', 'LV9000007732', 'LV 90000077325', 'LT90000077325', 'LV01018012345', '']
  expect(wrong.filter(isVatNumber)).toEqual([])
})

test('an identifier is written as its scheme wants it', () => {
  expect(isAddressIn('0218', '90000077325')).toBe(true)
  expect(isAddressIn('0218', 'LV90000077325')).toBe(false)
  expect(isAddressIn('9939', 'LV90000077325')).toBe(true)
  expect(isAddressIn('9939', '90000077325')).toBe(false)
  expect(isAddressIn('0088', '4006381333931')).toBe(true)
  expect(['4006381333932', '400638133393', '40063813339310', 'x'].filter((id) => isAddressIn('0088', id))).toEqual([])
  expect(isAddressIn('EM', 'rekini@daugavpils.example')).toBe(true)
  expect(['', 'a b', '<a>', 'x'.repeat(61)].filter((id) => isAddressIn('0192', id))).toEqual([])
})
