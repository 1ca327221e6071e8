import { expect, test } from 'vitest'
import {
  cellsOfForm,
  isCounted,
  madeFrom,
  recordedCells,
  type SheetCell,
  sheetChanges,
} from '../../src/deliveries/sheet.ts'

const p = '0197a000-0000-7000-8000-000000000001'
const row = (day: string, quantity: string, kind = 'delivered') => ({
  placement_id: p,
  delivered_on: `2026-03-${day}`,
  kind,
  quantity,
})
const cell = (day: string, before: string | null, after: string | null): SheetCell => ({
  placement_id: p,
  delivered_on: `2026-03-${day}`,
  kind: 'delivered',
  before,
  after,
})

test('a new figure is recorded, a changed one withdrawn and recorded, a cleared one withdrawn, the same left alone', () => {
  const [two, three, four] = [row('02', '1'), row('03', '2.50'), row('04', '1')]
  const changes = sheetChanges(
    [cell('01', null, '1'), cell('02', '1', '2'), cell('03', '2.5', null), cell('04', '1', '1.0')],
    [two, three, four],
  )
  expect(changes.withdraw).toEqual([two, three])
  expect(changes.record).toEqual([
    { placement_id: p, delivered_on: '2026-03-01', kind: 'delivered', quantity: '1' },
    { placement_id: p, delivered_on: '2026-03-02', kind: 'delivered', quantity: '2' },
  ])
  expect(changes.conflicts).toEqual([])
})

test('several deliveries of a day are one figure, and go together', () => {
  const both = [row('02', '1.5'), row('02', '2')]
  expect(sheetChanges([cell('02', '3.5', '4')], both)).toMatchObject({ withdraw: both, record: [{ quantity: '4' }] })
  expect(sheetChanges([cell('02', '3.5', '3.50')], both)).toEqual({ withdraw: [], record: [], conflicts: [] })
})

test('a day that somebody else changed is a conflict, unless it already holds what is wanted', () => {
  expect(sheetChanges([cell('02', null, '2')], [row('02', '1')]).conflicts).toEqual([
    { ...cell('02', null, '2'), now: '1' },
  ])
  expect(sheetChanges([cell('02', '1', null)], [row('02', '3')]).conflicts).toHaveLength(1)
  expect(sheetChanges([cell('02', null, '1')], [row('02', '1')])).toEqual({ withdraw: [], record: [], conflicts: [] })
  expect(sheetChanges([cell('02', '1', null)], [])).toEqual({ withdraw: [], record: [], conflicts: [] })
  // A no-show of the same day is another cell.
  expect(sheetChanges([cell('02', null, '1')], [row('02', '1', 'no_show')]).conflicts).toEqual([])
})

test('a form is read back as what it was made from and what it says now', () => {
  const recorded = recordedCells([row('02', '1'), row('03', '1'), row('05', '1', 'no_show')])
  const hidden = madeFrom({ id: p, cell: 'tick', kinds: ['delivered', 'no_show'] }, recorded)
  expect(hidden).toBe('tick d02=1 d03=1 n05=1')
  const { cells, errors } = cellsOfForm(
    { [`made_from:${p}`]: hidden, attended: [`${p}:2026-03-02`, `${p}:2026-03-09`], no_show: [], _key: 'x' },
    '2026-03',
  )
  expect(errors).toEqual([])
  expect(cells.map((each) => [each.kind, each.delivered_on.slice(8), each.before, each.after])).toEqual([
    ['delivered', '02', '1', '1'],
    ['delivered', '03', '1', null],
    ['no_show', '05', '1', null],
    ['delivered', '09', null, '1'],
  ])
})

test('figures are read as people write them; 0 and nothing are nothing; what cannot be read is named', () => {
  const { cells, errors } = cellsOfForm(
    {
      [`made_from:${p}`]: 'figure d02=2.5 d03=1 d04=1',
      [`quantity:${p}:2026-03-02`]: '2,50',
      [`quantity:${p}:2026-03-04`]: '0',
      [`quantity:${p}:2026-03-05`]: ' 1,25 ',
      [`quantity:${p}:2026-03-06`]: 'divas',
      [`quantity:${p}:2026-03-07`]: '-1',
      [`quantity:${p}:2026-03-08`]: '100000',
      [`quantity:${p}:2026-02-08`]: '1',
      [`quantity:${p}:2026-03-32`]: '1',
    },
    '2026-03',
  )
  expect(
    cells
      .filter((each) => each.before !== each.after)
      .map((each) => [each.delivered_on.slice(8), each.before, each.after]),
  ).toEqual([
    ['02', '2.5', '2.50'],
    ['03', '1', null],
    ['04', '1', null],
    ['05', null, '1.25'],
  ])
  expect(errors.map((error) => `${error.path.slice(-2)} ${error.message}`)).toEqual([
    '06 validation.number',
    '07 validation.number',
    '08 validation.too_many_digits',
  ])
})

test('R1: the departure day is counted only where the offer says so, or where it is the only day', () => {
  const stay = { valid_from: '2026-03-02', valid_to: '2026-03-05' }
  expect(['01', '02', '04', '05', '06'].map((day) => isCounted(stay, false, `2026-03-${day}`))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ])
  expect(isCounted(stay, true, '2026-03-05')).toBe(true)
  expect(isCounted({ valid_from: '2026-03-02', valid_to: '2026-03-02' }, false, '2026-03-02')).toBe(true)
  expect(isCounted({ valid_from: '2026-03-02', valid_to: null }, false, '2031-01-01')).toBe(true)
})
