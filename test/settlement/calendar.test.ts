import { expect, test } from 'vitest'
import type { Clock } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { runHourly } from '../../src/jobs/hourly.ts'
import {
  closeAutomatically,
  sendReminders,
  setCalendar,
  settlementJobs,
} from '../../src/settlement/calendar-commands.ts'
import { dueDates, usualCalendar } from '../../src/settlement/calendar-of-seller.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-08-31')
const { db } = world.database
const { DGV, REZ } = world.organisation
const at = '2026-01-01T00:00:00Z'

const hours = await offerIn(world, { unit: 'hour' })
await db
  .insertInto('price')
  .values({
    seller_id: DGV,
    id: newId(),
    offer_id: hours,
    valid_from: '2026-01-01',
    unit_price: '14.05',
    recorded_at: at,
  })
  .execute()
const stay = await placementIn(world, hours, { decision: 'Lēmums Nr. 1', valid_from: '2026-08-01' })
const day = (delivered_on: string) =>
  db
    .insertInto('delivery')
    .values({
      ...{ seller_id: DGV, placement_id: stay, id: newId(), buyer_id: REZ, delivered_on },
      ...{ kind: 'delivered', quantity: '2', recorded_at: at },
    })
    .execute()

/** The clock of a program in Latvia at a moment in UTC. */
function riga(instant: string): Clock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Riga' })
  return { now: () => new Date(instant), today: () => format.format(new Date(instant)) }
}

const written = async () =>
  (await db.selectFrom('notice').selectAll().orderBy('month').orderBy('due_on').orderBy('kind').execute()).map(
    ({ organisation_id, kind, month, due_on }) => {
      const code = (Object.keys(world.organisation) as Code[]).find(
        (each) => world.organisation[each] === organisation_id,
      )
      return `${code} ${kind} ${month} ${due_on}`
    },
  )
const closed = async () =>
  (await db.selectFrom('month_close').select(['month', 'closed_by']).orderBy('month').execute()).map(
    ({ month, closed_by }) => `${month} ${closed_by === null ? 'program' : 'person'}`,
  )
const calendar = { record_days: 3, object_days: 5, close_days: 7, issue_days: 9, automatic: true }
const form = (cookie: string, body: Record<string, string>) => ({
  method: 'POST',
  headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(body).toString(),
})

test('the usual dates are counted from the last day of the month, also over the end of a year and in February', () => {
  expect(dueDates(usualCalendar, '2026-11')).toEqual({
    record_on: '2026-12-05',
    object_on: '2026-12-08',
    close_on: '2026-12-10',
    issue_on: '2026-12-15',
  })
  expect(dueDates({ ...calendar, close_days: 0 }, '2026-12').close_on).toBe('2026-12-31')
  expect(dueDates({ ...calendar, issue_days: 60 }, '2028-02')).toMatchObject({
    record_on: '2028-03-03',
    issue_on: '2028-04-29',
  })
})

test('a seller’s finance sets its calendar; days out of order or beyond sixty are refused, and nobody else may', async () => {
  const put = (code: Code, role: 'finance' | 'lister', body: unknown) =>
    world.request(code, role, 'PUT', '/api/v1/settlement-calendar', body)
  const usual = await world.request('DGV', 'finance', 'GET', '/api/v1/settlement-calendar')
  expect(await usual.json()).toMatchObject({
    ...usualCalendar,
    changed_at: null,
    due: { month: '2026-07', record_on: '2026-08-05', issue_on: '2026-08-15' },
  })
  expect((await put('DGV', 'lister', calendar)).status).toBe(403)
  for (const wrong of [
    { ...calendar, object_days: 2 },
    { ...calendar, close_days: 4 },
    { ...calendar, issue_days: 6 },
    { ...calendar, issue_days: 61 },
    { ...calendar, record_days: -1 },
    { ...calendar, record_days: 2.5 },
    { ...calendar, automatic: 'yes' },
    { ...calendar, weekdays: true },
    { automatic: true },
  ]) {
    const refused = await put('DGV', 'finance', wrong)
    expect([refused.status, (await refused.json()).errors.length > 0]).toEqual([422, true])
  }
  const set = await put('DGV', 'finance', { ...calendar, automatic: false })
  expect(await set.json()).toMatchObject({ close_days: 7, automatic: false, due: { close_on: '2026-08-07' } })
  const audit = await db.selectFrom('audit_event').select('action').where('action', '=', 'setCalendar').execute()
  expect(audit).toHaveLength(1)
})

test('the dates of a seller are seen by whoever deals with it, and by no other municipality', async () => {
  const seen = async (code: Code, role: 'lister' | 'buyer' | 'coordinator') => {
    const answer = await world.request(code, role, 'GET', '/api/v1/settlement-calendars')
    return (await answer.json()).items.map((row: { seller_id: string; close_days: number }) => [
      row.seller_id,
      row.close_days,
    ])
  }
  expect(await seen('REZ', 'buyer')).toEqual([[DGV, 7]])
  expect(await seen('DGV', 'lister')).toEqual([[DGV, 7]])
  expect(await seen('LPR', 'coordinator')).toEqual([[DGV, 7]])
  expect(await seen('LUD', 'buyer')).toEqual([])
  const page = await world.app.request('/months/calendar', { headers: { cookie: await world.cookie('REZ', 'buyer') } })
  const text = await page.text()
  expect(text).toMatch('Daugavpils valstspilsētas pašvaldība')
  expect(text).not.toMatch('name="close_days"')
})

test('finance sets the dates on the page; what is wrong comes back at its field', async () => {
  const cookie = await world.cookie('DGV', 'finance')
  const days = { record_days: '3', object_days: '5', close_days: '7', issue_days: '9' }
  const wrong = await world.app.request('/months/calendar', form(cookie, { ...days, close_days: '4' }))
  expect(wrong.status).toBe(422)
  expect(await wrong.text()).toMatch('Šis termiņš nevar būt pirms iepriekšējā')
  const saved = await world.app.request('/months/calendar', form(cookie, { ...days, automatic: 'yes' }))
  expect(saved.headers.get('location')).toBe('/months/calendar?done=calendar_set')
  const [row] = await db.selectFrom('seller_calendar').selectAll().execute()
  expect(row).toMatchObject({ close_days: 7, automatic: true })
})

test('reminders are written once for each due date, to whom it concerns; a closed month asks for nothing', async () => {
  await setCalendar(world.as('DGV', 'finance'), { ...calendar, automatic: false })
  for (const instant of ['2026-08-31T20:59:59Z', '2026-08-31T21:00:00Z', '2026-09-01T08:00:00Z']) {
    await sendReminders(db, riga(instant))
  }
  expect(await written()).toEqual(['DGV record 2026-08 2026-09-03'])
  await sendReminders(db, riga('2026-09-02T08:00:00Z'))
  await sendReminders(db, riga('2026-09-04T08:00:00Z'))
  await Promise.all([sendReminders(db, riga('2026-09-10T08:00:00Z')), sendReminders(db, riga('2026-09-10T08:07:00Z'))])
  expect(await written()).toEqual([
    'DGV record 2026-08 2026-09-03',
    'REZ object 2026-08 2026-09-05',
    'DGV close 2026-08 2026-09-07',
    'DGV overdue 2026-08 2026-09-09',
  ])
  const kinds = async (code: Code, role: 'lister' | 'buyer' | 'finance' | 'auditor') => {
    const answer = await world.request(code, role, 'GET', '/api/v1/notices')
    return (await answer.json()).items.map((row: { kind: string }) => row.kind)
  }
  expect(await kinds('DGV', 'lister')).toEqual(['record'])
  expect(await kinds('DGV', 'finance')).toEqual(['close', 'overdue'])
  expect(await kinds('REZ', 'buyer')).toEqual(['object'])
  expect(await kinds('REZ', 'finance')).toEqual(['object'])
  expect(await kinds('DGV', 'auditor')).toEqual([])
  expect(await kinds('LUD', 'finance')).toEqual([])
})

test('a notice stands on the first page until its reader puts it away; another’s is not found', async () => {
  world.clock.set('2026-09-02')
  const cookie = await world.cookie('DGV', 'lister')
  const home = async (of: string) => (await world.app.request('/', { headers: { cookie: of } })).text()
  expect(await home(cookie)).toMatch(/Līdz 03\.09\.2026\..*Ierakstiet apmeklējumus: 2026\. gada augusts/s)
  const [, id] = /\/notices\/([0-9a-f-]+)\/read/.exec(await home(cookie))!
  const foreign = await world.app.request(`/notices/${id}/read`, form(await world.cookie('LUD', 'lister'), {}))
  expect(foreign.status).toBe(404)
  expect((await world.request('DGV', 'lister', 'POST', `/api/v1/notices/${id}/read`)).status).toBe(403)
  expect((await world.request('LUD', 'lister', 'POST', `/api/v1/notices/${id}/read`)).status).toBe(404)
  for (const _ of ['once', 'again']) {
    const read = await world.app.request(`/notices/${id}/read`, form(cookie, {}))
    expect([read.status, read.headers.get('location')]).toEqual([303, '/'])
  }
  expect(await home(cookie)).not.toMatch('Ierakstiet apmeklējumus: 2026')
  expect(await db.selectFrom('notice_read').selectAll().execute()).toHaveLength(1)
  world.clock.set('2026-08-31')
})

test('the program closes nothing that it was not asked to, and never the first month', async () => {
  await closeAutomatically(db, riga('2026-09-30T08:00:00Z'))
  await setCalendar(world.as('DGV', 'finance'), calendar)
  await closeAutomatically(db, riga('2026-09-30T08:00:00Z'))
  expect(await closed()).toEqual([])
})

test('a month is closed on its day in Latvia, by the program, once, also when several processes try', async () => {
  await day('2026-09-01')
  await closeMonth(world.as('DGV', 'finance'), '2026-08')
  // midnight in Latvia, in summer time, is three hours earlier in UTC
  await closeAutomatically(db, riga('2026-10-06T20:59:59Z'))
  expect(await closed()).toEqual(['2026-08 person'])
  const midnight = riga('2026-10-06T21:00:00Z')
  await Promise.all([1, 2, 3].map(() => closeAutomatically(db, midnight)))
  expect(await closed()).toEqual(['2026-08 person', '2026-09 program'])
  const documents = await db.selectFrom('document').select(['number', 'issued_on', 'total']).execute()
  expect(documents).toEqual([{ number: 'DGV-2026-00001', issued_on: '2026-10-07', total: '28.10' }])
})

test('the two days on which the clock changes, and the turn of the year, are days like others', async () => {
  await setCalendar(world.as('DGV', 'finance'), { ...calendar, close_days: 0, object_days: 0, record_days: 0 })
  await day('2026-10-25')
  await closeAutomatically(db, riga('2026-10-31T21:59:59Z'))
  await closeAutomatically(db, riga('2026-11-30T21:59:59Z'))
  await closeAutomatically(db, riga('2026-12-30T21:59:59Z'))
  expect((await closed()).slice(2)).toEqual(['2026-10 program', '2026-11 program'])
  await closeAutomatically(db, riga('2026-12-30T22:00:00Z'))
  const last = await db.selectFrom('document').selectAll().orderBy('issued_at', 'desc').executeTakeFirstOrThrow()
  expect([last.number, last.close_month, last.issued_on]).toEqual(['DGV-2026-00002', '2026-10', '2026-10-31'])
  expect((await closed()).at(-1)).toBe('2026-12 program')
  // the clock goes forward on 28 March 2027
  await day('2027-03-28')
  await runHourly(db, riga('2027-03-28T01:07:00Z'), settlementJobs)
  await runHourly(db, riga('2027-03-31T20:59:00Z'), settlementJobs)
  expect((await closed()).at(-1)).toBe('2027-03 program')
  const spring = await db.selectFrom('document').selectAll().orderBy('issued_at', 'desc').executeTakeFirstOrThrow()
  expect([spring.number, spring.issued_on, spring.year]).toEqual(['DGV-2027-00001', '2027-03-31', 2027])
})

test('what was missed is closed month by month in order; a finding that blocks stops it and is told to finance once', async () => {
  const provider_id = newId()
  const provider = {
    id: provider_id,
    municipality_id: DGV,
    name: 'Biedrība',
    owner_type: 'ngo' as const,
    valid_from: '2021-01-01',
  }
  await db
    .insertInto('provider')
    .values({ ...provider, valid_to: '2027-04-30' })
    .execute()
  await db.updateTable('offer').set({ provider_id }).where('id', '=', hours).execute()
  await day('2027-05-03')
  for (const instant of ['2027-06-15T08:07:00Z', '2027-06-15T09:07:00Z']) await closeAutomatically(db, riga(instant))
  expect((await closed()).at(-1)).toBe('2027-04 program')
  expect((await written()).filter((notice) => notice.includes('blocked'))).toEqual(['DGV blocked 2027-05 2027-05-31'])
  world.clock.set('2027-06-15')
  const home = await world.app.request('/?lang=en', { headers: { cookie: await world.cookie('DGV', 'finance') } })
  expect(await home.text()).toMatch('something must be mended first: May 2027')
  await db.updateTable('provider').set({ valid_to: null }).where('id', '=', provider_id).execute()
  await closeAutomatically(db, riga('2027-06-15T10:07:00Z'))
  expect((await closed()).at(-1)).toBe('2027-05 program')
})

test('a job that breaks holds up no other, and is told', async () => {
  const done: string[] = []
  const jobs = [
    async () => {
      throw new Error('broken')
    },
    async () => void done.push('after'),
  ]
  await expect(runHourly(db, riga('2027-06-15T08:07:00Z'), jobs)).rejects.toThrow('broken')
  expect(done).toEqual(['after'])
})
