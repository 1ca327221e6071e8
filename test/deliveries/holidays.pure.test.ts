import { expect, test } from 'vitest'
import { holidaysIn } from '../../src/holidays.ts'

test('fixed holidays, Easter and Pentecost of 2026', () => {
  expect(holidaysIn('2026-01')).toEqual(['2026-01-01'])
  expect(holidaysIn('2026-04')).toEqual(['2026-04-03', '2026-04-05', '2026-04-06'])
  expect(holidaysIn('2026-05')).toEqual(['2026-05-01', '2026-05-04', '2026-05-24'])
  expect(holidaysIn('2026-06')).toEqual(['2026-06-23', '2026-06-24'])
  expect(holidaysIn('2026-12')).toEqual(['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-31'])
  expect(holidaysIn('2026-03')).toEqual([])
})

test('4 May and 18 November on a weekend give the Monday after', () => {
  expect(holidaysIn('2025-05')).toContain('2025-05-05')
  expect(holidaysIn('2024-11')).toEqual(['2024-11-18'])
  expect(holidaysIn('2028-11')).toEqual(['2028-11-18', '2028-11-20'])
})

test('Easter of other years', () => {
  expect(holidaysIn('2025-04')).toEqual(['2025-04-18', '2025-04-20', '2025-04-21'])
  expect(holidaysIn('2024-03')).toEqual(['2024-03-29', '2024-03-31'])
  expect(holidaysIn('2027-03')).toEqual(['2027-03-26', '2027-03-28', '2027-03-29'])
})
