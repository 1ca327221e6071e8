import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { auditActions, auditSubjects } from '../../src/audit/actions.ts'
import { differences } from '../../src/audit/difference.ts'
import { actionText, fieldText, subjectText, valueText } from '../../src/audit/words.ts'
import { isTextKey } from '../../src/ui/texts.ts'
import { viewOf } from '../../src/ui/view.ts'

const lv = viewOf({ path: '/' })
const en = viewOf({ path: '/', language: 'en' })

test('every act and subject has its words', () => {
  expect(auditActions.filter((action) => !isTextKey(`audit.action.${action}`))).toEqual([])
  expect(auditSubjects.filter((subject) => !isTextKey(`audit.subject.${subject}`))).toEqual([])
  expect([actionText(lv.t, 'publishOffer'), subjectText(en.t, 'api_token')]).toEqual([
    'publicēja piedāvājumu',
    'API key',
  ])
  expect([actionText(lv.t, 'somethingNew'), fieldText(lv.t, 'somethingNew')]).toEqual(['somethingNew', 'somethingNew'])
})

test('every act that a command writes into the log is listed', () => {
  const folder = new URL('../../src/', import.meta.url)
  const modules = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const written = modules.flatMap(({ name }) => {
    const path = new URL(`${name}/commands.ts`, folder)
    const source = readdirSync(new URL(`${name}/`, folder)).includes('commands.ts') ? readFileSync(path, 'utf8') : ''
    const literal = [...source.matchAll(/(?:action: |\bEntry\()'([a-z][A-Za-z]+)'/g)]
    const passed = [...source.matchAll(/Entry\('([a-z][A-Za-z]+)'/g)]
    return [...literal, ...passed].map((match) => match[1] as string)
  })
  expect([...new Set(written)].filter((action) => !(auditActions as readonly string[]).includes(action))).toEqual([])
})

test('a change is told by the fields that differ, whatever the order of keys', () => {
  const before = { id: '1', name: 'A', roles: ['buyer'], rules: { a: 1, b: 2 }, gone: 'x', changed_at: '1' }
  const after = { id: '1', name: 'B', roles: ['buyer'], rules: { b: 2, a: 1 }, new: null, changed_at: '2' }
  expect(differences(before, after)).toEqual([
    { field: 'name', before: 'A', after: 'B' },
    { field: 'gone', before: 'x', after: null },
  ])
})

test('of something new only what is said of it is told', () => {
  const after = { id: '1', name: 'A', note: '', demo: false, list: [], rules: {}, places: 0, valid_to: null }
  expect(differences(null, after).map(({ field }) => field)).toEqual(['name', 'places'])
  expect(differences(null, null)).toEqual([])
  const offer = { offer_id: '01900000-0000-7000-8000-000000000001', offer_title: 'A', authorised: { total: null } }
  expect(differences(null, offer).map(({ field }) => field)).toEqual(['offer_title'])
  expect(differences(offer, { ...offer, offer_id: null }).map(({ field }) => field)).toEqual(['offer_id'])
  expect(differences({ a: 1 }, null)).toEqual([{ field: 'a', before: 1, after: null }])
  expect(differences(null, ['x'])).toEqual([{ field: 'value', before: null, after: ['x'] }])
})

test('values are told as a person reads them', () => {
  const cases: [string, unknown, string][] = [
    ['valid_from', '2026-03-01', '01.03.2026.'],
    ['month', '2026-03', '2026. gada marts'],
    ['revoked_at', '2026-03-31T12:00:00.000Z', '31.03.2026.\u00a015:00'],
    ['status', 'draft', 'melnraksts'],
    ['roles', ['buyer', 'finance'], 'Vietu pieprasītājs; Finansists'],
    ['unit', 'hour', 'stunda'],
    ['owner_type', 'ngo', 'biedrība vai nodibinājums'],
    ['note', null, 'nekas'],
    ['demo', true, 'jā'],
    ['surcharges', { night: { percent: '20' } }, 'night: procenti: 20'],
    ['capacity', [{ places: 5, valid_to: null, valid_from: '2026-01-01' }], 'No: 01.01.2026., Vietas: 5'],
    ['authorised', { total: null, per_month: '40' }, 'mēnesī: 40'],
    ['registration_number', '90000077325', '90000077325'],
    ['unit_price', '23.4500', '23.4500'],
  ]
  for (const [field, value, text] of cases) expect(valueText(lv, field, value).toLowerCase()).toBe(text.toLowerCase())
})
