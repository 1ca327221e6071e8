import { expect, test } from 'vitest'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { forThisTest, startMailServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const sellers = await createSellers()
const { world } = sellers

test('a document goes by e-mail with both files, once, and what came of it stands there', async () => {
  const mailbox = await forThisTest(startMailServer())
  const means = sellers.means({ smtp_url: mailbox.url })
  await sellers.wish('REZ', { channel: 'email', email: 'rekini@rezekne.example' })
  await sellers.channel(means, { channel: 'email', reply_to: 'gramatvediba@daugavpils.example' })
  const { rez, lud } = await sellers.issue('2026-02')
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'queued', channel: 'email', attempts: 0 })
  expect(await sellers.row(lud.id)).toMatchObject({ state: 'download', reason: null })

  await sellers.send(means)
  expect(await sellers.send(means)).toBe(0)
  const [mail] = mailbox.mails
  expect(mailbox.mails).toHaveLength(1)
  const { number } = rez.record
  expect(mail!.from?.text).toBe('"Daugavpils valstspilsētas pašvaldība" <rekini@daugavpils.example>')
  expect(mail!.to).toMatchObject({ text: 'rekini@rezekne.example' })
  expect(mail!.replyTo?.text).toBe('gramatvediba@daugavpils.example')
  expect(mail!.subject).toBe(`Rēķins ${number}, Daugavpils valstspilsētas pašvaldība`)
  expect(mail!.text).toContain(rez.record.total.replace('.', ','))
  expect(mail!.text).toContain('XML ir e-rēķins')
  expect(mail!.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
    [`${number}.pdf`, 'application/pdf'],
    [`${number}.xml`, 'application/xml'],
  ])
  expect(mail!.attachments[0]!.content.subarray(0, 5).toString()).toBe('%PDF-')
  expect(mail!.attachments[1]!.content.toString()).toBe(ublOf(rez.record))
  const row = await sellers.row(rez.id)
  expect(row).toMatchObject({ state: 'sent', attempts: 1, recipient: 'rekini@rezekne.example', reason: null })
  expect(mail!.messageId).toBe(`<${row.id}@daugavpils.example>`)
  expect(row.reference).toBe(mail!.messageId)
  expect(row.answer).toMatch(/^250 /)
  // no person on an open postcard
  expect(`${mail!.subject} ${mail!.text}`).not.toContain('R-7F3K')
})

test('a mail server that says never is believed; one that says later is asked again', async () => {
  const mailbox = await forThisTest(startMailServer())
  const means = sellers.means({ smtp_url: mailbox.url })
  await sellers.wish('REZ', { channel: 'email', email: 'nobody@rezekne.example' })
  await sellers.wish('LUD', { channel: 'email', email: 'rekini@ludza.example' })
  mailbox.refuse = { recipient: [550, 'No such user here'] }
  const { rez, lud } = await sellers.issue('2026-03')
  await sellers.send(means)
  expect(await sellers.row(rez.id)).toMatchObject({
    state: 'refused',
    reason: 'refused',
    answer: '550 No such user here',
    next_attempt_at: null,
  })
  expect(await sellers.row(lud.id)).toMatchObject({ state: 'refused' })
  sellers.pass(86_400)
  expect(await sellers.send(means)).toBe(0)

  mailbox.refuse = { message: [451, 'Greylisted, try again later'] }
  const again = { document_id: rez.id, channel: 'email', recipient: 'rekini@rezekne.example' }
  const sent = await sellers.ask(means, 'DGV', 'finance', 'POST', '/api/v1/sendings', again)
  expect(sent.status).toBe(201)
  const { id } = (await sent.json()) as { id: string }
  const row = async () => (await sellers.rows()).find((each) => each.id === id)!
  await sellers.send(means)
  expect(await row()).toMatchObject({ state: 'queued', reason: 'busy', answer: '451 Greylisted, try again later' })
  expect(await sellers.send(means)).toBe(0)
  mailbox.refuse = {}
  sellers.pass(60)
  await sellers.send(means)
  expect(await row()).toMatchObject({ state: 'sent', attempts: 2, reason: null })
  expect(mailbox.mails).toHaveLength(1)
  // Ludza has no number under which an e-invoice could name it, so only the paper goes
  await sellers.ask(means, 'DGV', 'finance', 'POST', '/api/v1/sendings', { document_id: lud.id, channel: 'email' })
  await sellers.send(means)
  expect(mailbox.mails[1]!.attachments.map(({ filename }) => filename)).toEqual([`${lud.record.number}.pdf`])
  expect(mailbox.mails[1]!.text).not.toContain('XML')
})

test('a mail server that is not there is asked again, and given up at last', async () => {
  const mailbox = await startMailServer()
  const means = sellers.means({ smtp_url: mailbox.url })
  await sellers.wish('REZ', { channel: 'email', email: 'rekini@rezekne.example' })
  await sellers.wish('LUD', { channel: 'download' })
  const { rez } = await sellers.issue('2026-04')
  await mailbox.stop()
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(await sellers.send(means)).toBe(1)
    sellers.pass(12 * 3600)
  }
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'given_up', reason: 'unreachable', attempts: 10 })
  expect(await sellers.send(means)).toBe(0)
})

test('a buyer that nobody knows an address of finds its documents here, and the seller is told why', async () => {
  await sellers.wish('REZ', { channel: 'email', email: null })
  await world.database.db
    .updateTable('organisation')
    .set({ email: null })
    .where('id', '=', world.organisation.REZ)
    .execute()
  const issued = await sellers.close('2026-05', '2026-06-04')
  const rez = issued.find((each) => each.buyer_id === world.organisation.REZ)!
  expect(await sellers.row(rez.id)).toMatchObject({ channel: 'download', state: 'download', reason: 'no_address' })
})
