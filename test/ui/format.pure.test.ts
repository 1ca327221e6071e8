import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFor } from '../../src/ui/format.ts'
import { parseDecimalInput } from '../../src/ui/input.ts'

const lv = formatFor('lv')
const en = formatFor('en')
/** No-break spaces made visible. */
const seen = (text: string) => text.replaceAll('\u00a0', '_')

test('dates are written as Latvians write them, and in English so that day and month cannot be mixed up', () => {
  expect(lv.date('2026-03-01')).toBe('01.03.2026.')
  expect(en.date('2026-03-01')).toBe('1 Mar 2026')
  expect(lv.dateLong('2026-11-23')).toBe('2026. gada 23. novembris')
  expect(en.dateLong('2026-11-23')).toBe('23 November 2026')
  expect(lv.dayAndMonth('2026-11-03')).toBe('3. novembris')
})

test('a month is named, not numbered', () => {
  expect(lv.month('2026-03')).toBe('2026. gada marts')
  expect(en.month('2026-03')).toBe('March 2026')
  expect(seen(lv.monthShort('2026-12'))).toBe('dec._2026')
})

test('a period shows both days, one day once, and an open end as a beginning', () => {
  expect(lv.period('2026-03-01', '2026-03-31')).toBe('01.03.2026. – 31.03.2026.')
  expect(lv.period('2026-03-01', '2026-03-01')).toBe('01.03.2026.')
  expect(lv.period('2026-03-01', null)).toBe('no 01.03.2026.')
  expect(en.period('2026-03-01', null)).toBe('from 1 Mar 2026')
})

test('the week begins on Monday', () => {
  expect(lv.weekday('2026-11-23')).toBe('pirmdiena')
  expect(en.weekday('2026-11-29')).toBe('Sunday')
})

test('an instant is shown by the clock in Riga, in winter and in summer', () => {
  expect(seen(lv.instant('2026-11-23T12:05:00Z'))).toBe('23.11.2026._14:05')
  expect(seen(lv.instant('2026-07-01T21:30:00Z'))).toBe('02.07.2026._00:30')
  expect(seen(lv.instant(new Date('2025-12-31T22:00:00Z')))).toBe('01.01.2026._00:00')
})

test('money has two decimals, thousands apart, and never breaks across lines', () => {
  expect(seen(lv.money('1234.50'))).toBe('1_234,50_€')
  expect(seen(lv.money('1234567.8'))).toBe('1_234_567,80_€')
  expect(seen(lv.money('0'))).toBe('0,00_€')
  expect(en.money('1234.50')).toBe('€1,234.50')
})

test('a negative amount has a real minus; zero is never negative', () => {
  expect(seen(lv.money('-12.50'))).toBe('\u221212,50_€')
  expect(en.money('-12.50')).toBe('\u2212€12.50')
  expect(seen(lv.money('-0.00'))).toBe('0,00_€')
})

test('figures beyond the reach of binary floating point stay exact', () => {
  expect(seen(lv.money('90071992547409931.01'))).toBe('90_071_992_547_409_931,01_€')
  expect(lv.quantity('0.1000000000000000055')).toBe('0,1000000000000000055')
})

test('nothing is rounded: a price shows all the decimals it has, a quantity no needless ones', () => {
  expect(seen(lv.unitPrice('0.12345'))).toBe('0,12345_€')
  expect(seen(lv.unitPrice('23.4500'))).toBe('23,45_€')
  expect(lv.quantity('2.5000')).toBe('2,5')
  expect(lv.quantity('22')).toBe('22')
  expect(seen(lv.percent('85'))).toBe('85_%')
  expect(en.percent('33.5')).toBe('33.5%')
})

test('a quantity agrees with its unit in all three Latvian plurals', () => {
  expect(['0', '1', '2', '11', '21', '30', '2.5'].map((n) => seen(lv.quantityOf(n, 'hour')))).toEqual([
    '0_stundu',
    '1_stunda',
    '2_stundas',
    '11_stundu',
    '21_stunda',
    '30_stundu',
    '2,5_stundas',
  ])
  expect(seen(en.quantityOf('1', 'session'))).toBe('1_session')
})

test('a price says what it is for', () => {
  expect(seen(lv.pricePer('23.45', 'calendar_day'))).toBe('23,45_€ par diennakti')
  expect(en.pricePer('0.4321', 'kilometre')).toBe('€0.4321 a km')
})

test('names sort in Latvian order, numbers in names by value', () => {
  expect(
    ['Žagare', 'Čornaja', 'Cibla', 'Ģibuļi', 'Gulbene', 'K-10', 'K-9', 'Ķekava', 'Krāslava'].sort(lv.compare),
  ).toEqual(['Cibla', 'Čornaja', 'Gulbene', 'Ģibuļi', 'K-9', 'K-10', 'Krāslava', 'Ķekava', 'Žagare'])
})

test('what is not a decimal is a bug, not a figure', () => {
  for (const wrong of ['', '1,5', '1e3', 'NaN', ' 1'])
    expect(() => lv.money(wrong)).toThrow('a decimal must be written')
})

test('an amount that is shown can be typed back in, in either language', () => {
  const amounts = fc.tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 99 }))
  fc.assert(
    fc.property(amounts, ([whole, cents]) => {
      const amount = `${whole}.${String(cents).padStart(2, '0')}`
      expect(parseDecimalInput(lv.money(amount))).toBe(amount)
      expect(parseDecimalInput(en.money(amount))).toBe(amount)
    }),
  )
})
