import { expect, test } from 'vitest'
import { addMonths, type Month, type PlainDate } from '../../src/calendar.ts'
import { storyCalendar } from '../../src/demo/calendar.ts'
import { offers } from '../../src/demo/latgale.ts'
import { residentNames } from '../../src/demo/people.ts'
import { givenIn } from '../../src/demo/rhythm.ts'
import { corrections, requests, staysOf } from '../../src/demo/stays.ts'

const workdays = { weekdays: [1, 2, 3, 4, 5], quantities: ['1', '2'], kept: 80, no_show: 50 }

test('the same stay and month give the same days, another month others', () => {
  const given = (month: Month) => givenIn(month, 'a stay', workdays, { from: '2020-01-01', to: null })
  expect(given('2026-03')).toEqual(given('2026-03'))
  expect(given('2026-03').map(({ date, ...rest }) => [date.slice(8), rest])).not.toEqual(
    given('2026-06').map(({ date, ...rest }) => [date.slice(8), rest]),
  )
})

test('nothing is given on weekends, public holidays and outside the stay, and an earlier end changes no day before it', () => {
  const whole = givenIn('2026-05', 'a stay', { ...workdays, kept: 100 }, { from: '2026-05-05', to: null })
  expect(whole.map(({ date }) => date)).toEqual(
    [5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27, 28, 29].map(
      (day) => `2026-05-${String(day).padStart(2, '0')}`,
    ),
  )
  const cut = givenIn('2026-05', 'a stay', { ...workdays, kept: 100 }, { from: '2026-05-05', to: '2026-05-15' })
  expect(cut).toEqual(whole.filter(({ date }) => date <= '2026-05-15'))
})

test('whatever the day it is told on, the story names only what there is, and a resident belongs to one municipality', () => {
  for (let month = 0; month < 12; month += 1) {
    const calendar = storyCalendar(`${addMonths('2026-01', month)}-31`.replace(/-31$/, '-28') as PlainDate)
    const stays = staysOf(calendar)
    const keys = stays.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { stay } of corrections) expect(keys).toContain(stay)
    const asked = [...stays, ...requests]
    const owners = Map.groupBy(
      asked.filter(({ resident }) => resident !== null),
      ({ resident }) => resident,
    )
    for (const [number, same] of owners) {
      expect(residentNames[number!]).toBeDefined()
      expect(new Set(same.map(({ buyer }) => buyer)).size).toBe(1)
    }
    for (const { offer } of asked) expect(offers.map(({ key }) => key)).toContain(offer)
  }
})
