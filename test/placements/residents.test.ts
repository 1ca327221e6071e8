import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { changeResident, declineReferral, registerResident, withdrawReferral } from '../../src/placements/commands.ts'
import { findPerson, getResident, listResidents } from '../../src/placements/store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const person = { given_name: 'Anna', family_name: 'Kalniņa', personal_code: '161175-19997' }
const anna = await registerResident(world.as('REZ', 'buyer'), person)

const persons = (code: Code, role: 'lister' | 'buyer' | 'finance' | 'coordinator' | 'auditor' | 'administrator') =>
  transact(world.as(code, role), async (tx) => {
    const { rows } = await sql<{ id: string }>`select resident_id as id from resident_person`.execute(tx)
    return rows.map((row) => row.id)
  })

test('a registered resident has a token of the municipality, and the name only in the one table of persons', async () => {
  expect(anna).toMatchObject({ organisation_id: world.organisation.REZ, ...person })
  expect(anna.token).toMatch(/^REZ-[2-9B-Z]{6}$/)
  const [event] = await m.audit(anna.id)
  expect(event).toMatchObject({ action: 'registerResident', before: null, after: { token: anna.token } })
  expect(JSON.stringify(await world.database.db.selectFrom('audit_event').selectAll().execute())).not.toMatch(
    /Anna|Kalniņa|161175/,
  )
})

test('the same personal code is registered once by a municipality, also at the same moment; another may register it too', async () => {
  const known = await refusalOf(registerResident(world.as('REZ', 'buyer'), { ...person, given_name: 'Anita' }))
  expect(known).toMatchObject({ code: 'resident_known', facts: { token: anna.token, field: 'personal_code' } })
  expect((await registerResident(world.as('LUD', 'buyer'), person)).token).toMatch(/^LUD-/)
  const both = await Promise.allSettled(
    [1, 2].map(() => registerResident(world.as('LUD', 'buyer'), { ...person, personal_code: '111111-11111' })),
  )
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  const lost = both.find((one) => one.status === 'rejected')
  expect(lost?.reason).toMatchObject({ code: 'resident_known' })
})

test('people without a Latvian personal code can be registered, several of one name', async () => {
  const [one, two] = [await m.resident('REZ', 'Olha', 'Koval'), await m.resident('REZ', 'Olha', 'Koval')]
  expect(one.token).not.toBe(two.token)
})

test('a name is put right behind the same token; the log holds neither name', async () => {
  const wrong = await m.resident('REZ', 'Jānsi', 'Ozols')
  const right = await changeResident(world.as('REZ', 'buyer'), wrong.id, {
    given_name: 'Jānis',
    family_name: 'Ozols',
    personal_code: null,
  })
  expect(right).toEqual({ ...wrong, given_name: 'Jānis' })
  const [, event] = await m.audit(wrong.id)
  expect(event).toMatchObject({ action: 'changeResident', before: null, after: { token: wrong.token } })
  expect(await refusalOf(changeResident(world.as('REZ', 'buyer'), wrong.id, person))).toMatchObject({
    code: 'resident_known',
  })
  const other = world.as('LUD', 'buyer')
  expect(await refusalOf(changeResident(other, wrong.id, person))).toMatchObject({ code: 'not_found' })
})

test('residents are found by token and by name, whatever the accents, in either order', async () => {
  const berzins = await m.resident('REZ', 'Pēteris', 'Bērziņš')
  const search = (text: string) =>
    transact(world.as('REZ', 'buyer'), (tx) => listResidents(tx, { search: text, limit: 50, after: null }))
  for (const text of [
    'berzins',
    'BĒRZIŅŠ',
    'Pēteris B',
    'bērziņš pē',
    berzins.token,
    berzins.token.slice(4).toLowerCase(),
  ]) {
    expect(
      (await search(text)).map((row) => row.token),
      text,
    ).toContain(berzins.token)
  }
  expect(await search('100%')).toEqual([])
})

test('only the buyer’s social worker registers residents', async () => {
  for (const role of ['lister', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect(await refusalOf(registerResident(world.as('REZ', role), person))).toMatchObject({ code: 'not_permitted' })
  }
})

test('a person is read by the social workers of the two social services involved, and by nobody else', async () => {
  const offer = await m.offer()
  const resident = await m.resident()
  const draft = await m.draft({ offer, resident_id: resident.id })
  expect(await persons('DGV', 'lister')).toEqual([])
  await withdrawReferral(world.as('REZ', 'buyer'), draft.id)
  expect(await persons('DGV', 'lister')).toEqual([])

  const declined = await m.submitted({ offer, resident_id: resident.id })
  expect(await persons('DGV', 'lister')).toEqual([resident.id])
  await declineReferral(world.as('DGV', 'lister'), declined.id, { reason: 'area', note: '' })
  expect(await persons('DGV', 'lister')).toEqual([])

  await m.placed({ offer, resident_id: resident.id })
  for (const role of ['lister', 'buyer'] as const) {
    expect(await persons('DGV', role)).toEqual([resident.id])
    expect(await persons('REZ', role)).toContain(resident.id)
  }
  for (const role of ['finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect(await persons('REZ', role), role).toEqual([])
    expect(await persons('DGV', role), role).toEqual([])
  }
  for (const role of ['lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect(await persons('LUD', role), role).not.toContain(resident.id)
    expect(await persons('LPR', role), role).toEqual([])
  }
  const at = (code: Code, role: 'lister' | 'finance') =>
    transact(world.as(code, role), (tx) =>
      findPerson(tx, { buyer_id: world.organisation.REZ, resident_id: resident.id }),
    )
  expect(await at('DGV', 'lister')).toEqual({ given_name: 'Ilze', family_name: 'Bērziņa' })
  expect(await at('DGV', 'finance')).toBeNull()
  expect(await at('LUD', 'lister')).toBeNull()
  const read = await transact(world.as('DGV', 'lister'), (tx) => getResident(tx, resident.id))
  expect(read).toMatchObject({ token: resident.token, family_name: 'Bērziņa' })
  expect(await refusalOf(transact(world.as('LUD', 'lister'), (tx) => getResident(tx, resident.id)))).toMatchObject({
    code: 'not_found',
  })
})
