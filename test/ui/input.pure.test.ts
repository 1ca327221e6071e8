import { expect, test } from 'vitest'
import { parseDateInput, parseDecimalInput, parseMonthInput } from '../../src/ui/input.ts'

test.each([
  ['12,50', '12.50'],
  ['12.50', '12.50'],
  ['1 234,50', '1234.50'],
  ['1\u00a0234,50 €', '1234.50'],
  ['1\u202f234,50', '1234.50'],
  ['1.234,50', '1234.50'],
  ['1,234.50', '1234.50'],
  ['1.234.567', '1234567'],
  ['€1,234.50', '1234.50'],
  ['EUR 5', '5'],
  [' 7 ', '7'],
  ['007,5', '7.5'],
  ['0', '0'],
  ['0,00', '0.00'],
  ['-0', '0'],
  ['-3,2', '-3.2'],
  ['\u22123,2', '-3.2'],
  ['+3', '3'],
  ['3,', '3'],
  ['1,234', '1.234'],
])('the figure %j is read as %j', (typed, value) => {
  expect(parseDecimalInput(typed)).toBe(value)
})

test.each(['', ' ', 'abc', '12x', '1 23', '12 34,5', '1,2,3', '1.23.456', '1,234.5,6', '--1', ',5', '1e3', '1,5 2'])(
  'the figure %j cannot be read',
  (typed) => {
    expect(parseDecimalInput(typed)).toBe(null)
  },
)

test.each([
  ['2026-03-31', '2026-03-31'],
  ['31.03.2026.', '2026-03-31'],
  ['31.3.2026', '2026-03-31'],
  ['1. 3. 2026.', '2026-03-01'],
  [' 29.02.2028. ', '2028-02-29'],
])('the date %j is read as %j', (typed, value) => {
  expect(parseDateInput(typed)).toBe(value)
})

test.each([
  '',
  '31.02.2026.',
  '29.02.2026',
  '2026-13-01',
  '2026-3-1',
  '31/03/2026',
  '03.2026',
  '31.03.26',
  '00.01.2026',
])('the date %j cannot be read', (typed) => {
  expect(parseDateInput(typed)).toBe(null)
})

test('a month is read with its year first or last', () => {
  expect(parseMonthInput('2026-03')).toBe('2026-03')
  expect(parseMonthInput('3.2026.')).toBe('2026-03')
  for (const wrong of ['', '2026-13', '13.2026', '2026-00', '2026']) expect(parseMonthInput(wrong)).toBe(null)
})
