/** Reminders as letters: what is late with one payer, frozen on paper, on its way by e-mail, and nobody else's to read. */
import { expect, test } from 'vitest'
import { readProjectFile } from '../../src/files.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { nodeOutside } from '../../src/jobs/outside-node.ts'
import { LateTermsInput } from '../../src/payments/interest.ts'
import { remindLate, setLateTerms } from '../../src/payments/interest-commands.ts'
import { letterHandler } from '../../src/payments/letter-delivery-commands.ts'
import { letterPdfMaker } from '../../src/payments/letter-pdf.ts'
import { sendDue } from '../../src/sending/delivery-commands.ts'
import { forThisTest, startMailServer } from '../sending/peers.ts'
import { freshDatabase } from '../support/database.ts'
import { inflated } from '../support/pdf.ts'
import { type Code, testSecret } from '../support/world.ts'
import { createMarket } from './market.ts'

const database = await freshDatabase()
const market = await createMarket(database)
const { world } = market
const { DGV, REZ, LUD } = world.organisation
type Letter = {
  id: string
  number: number
  buyer_id: string
  documents: number
  open: string
  interest: string
  state: string
}

const letters = async (code: Code): Promise<Letter[]> => {
  const answer = await world.request(code, 'finance', 'GET', '/api/v1/reminder-letters')
  return ((await answer.json()) as { items: Letter[] }).items
}
const write = (code: Code, body: unknown, role: Role = 'finance') =>
  world.request(code, role, 'POST', '/api/v1/reminder-letters', body)
const file = (code: Code, id: string) => world.request(code, 'finance', 'GET', `/api/v1/reminder-letters/${id}.pdf`)
const bytesOf = async (answer: Promise<Response>) => Buffer.from(await (await answer).arrayBuffer())

await market.issue('DGV', 'REZ', '1000.00', { due_on: '2026-04-10' })
await market.issue('DGV', 'REZ', '250.00', { due_on: '2026-04-15' })
await market.issue('DGV', 'LUD', '70.00', { due_on: '2026-04-12' })
await database.db.updateTable('organisation').set({ email: 'rekini@rezekne.example' }).where('id', '=', REZ).execute()
await database.db.updateTable('organisation').set({ email: null }).where('id', '=', LUD).execute()

test('a reminder writes one letter to each payer, of all that is late with its seller', async () => {
  await setLateTerms(
    world.as('DGV', 'administrator', 'finance'),
    LateTermsInput.parse({ reminder_days: [7], interest: 'per_year', percent: '36.5' }),
  )
  world.clock.set('2026-04-20')
  await remindLate(database.db, world.clock)
  await remindLate(database.db, world.clock)
  const written = await letters('DGV')
  expect(written.map(({ number }) => number).sort()).toEqual([1, 2])
  // the second invoice of Rēzekne is not to be reminded of yet, but it is late, and stands in the letter
  expect(written.find(({ buyer_id }) => buyer_id === REZ)).toMatchObject({
    ...{ documents: 2, open: '1250.00', interest: '11.25', state: null },
  })
  expect(await letters('REZ')).toMatchObject([{ open: '1250.00' }])
  const { items } = (await (await world.request('REZ', 'finance', 'GET', '/api/v1/reminders')).json()) as {
    items: { letter_id: string }[]
  }
  expect(items.map(({ letter_id }) => letter_id)).toEqual([(await letters('REZ'))[0]!.id])
})

test('the file is frozen, of both parties alone, and says nothing of residents', async () => {
  const [letter] = await letters('REZ')
  const first = await bytesOf(file('DGV', letter!.id))
  await database.db.updateTable('organisation').set({ name: 'Cits nosaukums' }).where('id', '=', DGV).execute()
  world.clock.set('2026-04-25')
  expect((await bytesOf(file('REZ', letter!.id))).equals(first)).toBe(true)
  expect(inflated(first).length).toBeGreaterThan(1000)
  expect(first.subarray(0, 5).toString()).toBe('%PDF-')
  expect((await file('LUD', letter!.id)).status).toBe(404)
  expect((await file('REZ', 'nothing')).status).toBe(404)
})

test('a person writes one at any time; refused where nothing is late, and to who may not', async () => {
  expect((await write('DGV', { buyer_id: LUD })).status).toBe(201)
  expect((await letters('DGV')).map(({ number }) => number)).toEqual([3, 2, 1])
  expect((await write('DGV', { buyer_id: DGV })).status).toBe(409)
  expect((await write('REZ', { buyer_id: DGV })).status).toBe(409)
  expect((await write('DGV', { buyer_id: '00000000-0000-4000-8000-000000000000' })).status).toBe(409)
  for (const wrong of [{}, { buyer_id: 'x' }, { buyer_id: LUD, more: 1 }])
    expect((await write('DGV', wrong)).status).toBe(422)
  expect((await write('DGV', { buyer_id: LUD }, 'auditor')).status).toBe(403)
  const cookie = await world.cookie('DGV', 'finance')
  const posted = await world.app.request('/payments/late/letters', {
    ...{
      method: 'POST',
      headers: { cookie, origin: 'http://localhost' },
      body: new URLSearchParams({ buyer_id: LUD }),
    },
  })
  expect(posted.headers.get('location')).toBe('/payments/late/letters?done=reminder_written')
  for (const lang of ['lv', 'en']) {
    const page = await world.app.request(`/payments/late/letters?lang=${lang}`, { headers: { cookie } })
    expect([page.status, (await page.text()).includes('.pdf')]).toEqual([200, true])
  }
})

test('where the seller sends by e-mail, a letter goes to the payer’s address once, with the file', async () => {
  const mailbox = await forThisTest(startMailServer())
  await database.db
    .insertInto('sending_channel')
    .values({
      ...{ seller_id: DGV, channel: 'email', active: true, changed_at: '2026-04-01T00:00:00Z' },
      settings: JSON.parse('{"from_address":"rekini@dgv.example","from_name":null,"reply_to":null}'),
    })
    .execute()
  for (const buyer_id of [REZ, LUD]) expect((await write('DGV', { buyer_id })).status).toBe(201)
  const outside = nodeOutside({
    ...{
      production: false,
      address: null,
      mail_from: 'Vieta <vieta@example.lv>',
      drop_folder: null,
      smtp_url: mailbox.url,
    },
  })
  const makePdf = () => Promise.reject(new Error('no document is sent'))
  const reminder_letter = letterHandler(database.db, world.clock, outside, letterPdfMaker(readProjectFile))
  const send = () =>
    sendDue(database.db, world.clock, { secret: testSecret, outside, makePdf: makePdf as never }, { reminder_letter })
  await send()
  await send()
  const told = mailbox.mails.filter(({ attachments }) => attachments.length > 0)
  expect(told.map(({ attachments }) => attachments.map(({ filename }) => filename))).toEqual([['DGV-R-5.pdf']])
  expect(told[0]!.subject).toContain('atgādinājums par kavētu maksājumu')
  // Ludza has no address: its letter is here to be read
  expect((await letters('DGV')).slice(0, 2).map(({ state }) => state)).toEqual([null, 'sent'])
})
