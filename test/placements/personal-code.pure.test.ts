import { expect, test } from 'vitest'
import { readPersonalCode } from '../../src/placements/personal-code.ts'
import { newResidentToken } from '../../src/placements/resident.ts'

test('an old code holds a date that exists, a century and a check digit; the dash may be missing', () => {
  expect(readPersonalCode('161175-19997')).toBe('161175-19997')
  expect(readPersonalCode(' 16117519997 ')).toBe('161175-19997')
  expect(readPersonalCode('111111-11111')).toBe('111111-11111')
})

test('a slip of the finger in an old code is found', () => {
  for (const wrong of [
    '161175-19998',
    '161157-19997',
    '161375-19997',
    '310275-19997',
    '161175-99997',
    '000000-00000',
  ]) {
    expect(readPersonalCode(wrong), wrong).toBeNull()
  }
})

test('a code since July 2017 begins with 32 and says nothing about the birth', () => {
  expect(readPersonalCode('324567-89012')).toBe('324567-89012')
  expect(readPersonalCode('330101-12345')).toBeNull()
})

test('anything but eleven digits with a dash after the sixth is no code', () => {
  for (const wrong of [
    '',
    '161175',
    '161175-1999',
    '161175-199977',
    '1611751-9997',
    'abcdef-ghijk',
    '161175/19997',
    '١٦١١٧٥-١٩٩٩٧',
  ]) {
    expect(readPersonalCode(wrong), wrong).toBeNull()
  }
})

test('a token has the organisation’s code and six letters that are not taken for each other', () => {
  const tokens = Array.from({ length: 500 }, () => newResidentToken('REZ'))
  for (const token of tokens) expect(token).toMatch(/^REZ-[2-9B-DF-HJKMNP-RTV-Z]{6}$/)
  expect(new Set(tokens).size).toBe(500)
})
