import { expect, test } from 'vitest'
import { isCreditorReference } from '../../src/invoicing/creditor-reference.ts'
import { paymentCode, paymentCodeText } from '../../src/invoicing/payment-code.ts'
import { isReadable, tintOf } from '../../src/ui/colour.ts'
import { creditNote, invoice } from './record.ts'

test('the payment code says whom, how much and with which reference (EPC069-12, version 002)', () => {
  const seller = { ...invoice.seller, bic: 'TRELLV22' }
  const lines = paymentCodeText({ ...invoice, seller })!.split('\n')
  expect(lines.slice(0, 9)).toEqual([
    'BCD',
    '002',
    '1',
    'SCT',
    'TRELLV22',
    'Daugavpils valstspilsētas pašvaldība',
    'LV97HABA0012345678910',
    `EUR${invoice.total}`,
    '',
  ])
  expect(isCreditorReference(lines[9]!)).toBe(true)
  expect(paymentCodeText(invoice)!.split('\n')[4]).toBe('')
  const matrix = paymentCode(invoice)!
  expect(matrix.every((row) => row.length === matrix.length)).toBe(true)
  // version 13 at most: 69 modules
  expect(matrix.length).toBeLessThanOrEqual(69)
})

test('a name of any length stands in one line of at most 70 characters', () => {
  const seller = { ...invoice.seller, name: `${'Šķ '.repeat(60)}\nIBAN` }
  const name = paymentCodeText({ ...invoice, seller })!.split('\n')[5]!
  expect(Array.from(name).length).toBeLessThanOrEqual(70)
  expect(() => paymentCode({ ...invoice, seller })).not.toThrow()
})

test('nothing is to be paid by a credit note, for nothing, or without an account', () => {
  expect(paymentCode(creditNote)).toBeNull()
  expect(paymentCode({ ...invoice, total: '0.00' })).toBeNull()
  expect(paymentCode({ ...invoice, seller: { ...invoice.seller, iban: null } })).toBeNull()
})

test('a colour is readable on white and on its own light ground, or it is refused', () => {
  expect(tintOf('#000000')).toBe('#e6e6e6')
  expect(['#0f5b4c', '#7a1f3d', '#123a8c', '#000000'].map(isReadable)).toEqual([true, true, true, true])
  expect(['#ffee00', '#ffffff', '#7fb2ff', '#767676'].map(isReadable)).toEqual([false, false, false, false])
})
