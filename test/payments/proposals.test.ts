import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { creditorReference } from '../../src/invoicing/creditor-reference.ts'
import {
  addBankAccount,
  approvePayments,
  cancelPayments,
  choosePayments,
  handOutPayments,
  payableItems,
  proposePayments,
  savePaymentSettings,
} from '../../src/payments/commands.ts'
import { importStatement } from '../../src/payments/statement-commands.ts'
import { getPayment } from '../../src/payments/store.ts'
import { freshDatabase } from '../support/database.ts'
import { createMarket, iban } from './market.ts'
import { camt } from './statements.ts'
import { schemaFile, wrongBySchema } from './xsd.ts'

const market = await createMarket(await freshDatabase())
const { world, finance, issue, open, take } = market
const rez = finance('REZ')
/** Another finance officer of Rēzekne. */
const second = { ...rez, actor: { ...rez.actor, person_id: world.person['REZ.administrator']! } } as typeof rez
const wish = {
  due_on: '2026-04-30',
  execution_on: '2026-04-20',
  debtor_iban: null,
  grouping: null,
  version: null,
  item_ids: null,
}
const payable = async (due_on = '2026-04-30') =>
  (await transact(rez, (tx) => payableItems(tx, world.organisation.REZ, due_on))).map((item) => item.number)
const file = async (id: string) => world.request('REZ', 'finance', 'GET', `/api/v1/payment-proposals/${id}/file`)

test('what is due is proposed once, approved by a second person, handed out, and booked by the statement', async () => {
  const due = await issue('DGV', 'REZ', '100.00')
  const note = await issue('DGV', 'REZ', '30.00', { credits: due })
  const other = await issue('LUD', 'REZ', '50.00')
  const later = await issue('LUD', 'REZ', '70.00', { due_on: '2026-05-20' })
  // applied to the invoice it corrects when it was issued
  expect(await open(note)).toBe('0.00')
  expect(await payable()).toEqual([due.number, other.number])
  expect(await payable('2026-05-31')).toContain(later.number)
  const proposal = await proposePayments(rez, wish)
  expect(proposal).toMatchObject({ status: 'drafted', total: '120.00', items: 2, debtor_iban: iban.REZ })
  expect(await payable()).toEqual([])
  await expect(proposePayments(rez, wish)).rejects.toThrow('nothing_to_pay')
  await expect(approvePayments(rez, proposal.id)).rejects.toThrow('approval_by_second_person')
  await expect(handOutPayments(rez, proposal.id)).rejects.toThrow('proposal_not_open')
  expect((await file(proposal.id)).status).toBe(409)
  expect(await approvePayments(second, proposal.id)).toMatchObject({ status: 'approved', payments: 2 })
  await expect(choosePayments(rez, proposal.id, [])).rejects.toThrow('proposal_not_open')
  await handOutPayments(rez, proposal.id)
  const [one, again] = [await (await file(proposal.id)).text(), await (await file(proposal.id)).text()]
  expect(one).toBe(again)
  expect(one).toContain(`<Ref>${creditorReference(due.number)}</Ref>`)
  expect(one).toContain('<CtrlSum>120.00</CtrlSum>')
  if (schemaFile('pain.001.001.09') !== null) expect(wrongBySchema('pain.001.001.09', one)).toEqual([])
  await take('REZ', {
    entries: [
      { amount: '70.00', side: 'DBIT', end_to_end_id: due.number, iban: iban.DGV },
      { amount: '50.00', side: 'DBIT', end_to_end_id: other.number, iban: iban.LUD },
    ],
  })
  expect([await open(due), await open(other, 'LUD')]).toEqual(['0.00', '0.00'])
  const booked = await world.request('REZ', 'finance', 'GET', `/api/v1/payment-proposals/${proposal.id}`)
  expect(await booked.json()).toMatchObject({ status: 'booked', paid: 2 })
  await expect(cancelPayments(rez, proposal.id)).rejects.toThrow('proposal_not_open')
  expect(await market.wrong()).toEqual([])
})

test('one payment for a seller, credit notes taken off: the payee’s statement settles all of it by the payer’s order', async () => {
  const first = await issue('DGV', 'REZ', '200.00')
  await take('DGV', { entries: [{ amount: '200.00', reference: creditorReference(first.number), iban: iban.REZ }] })
  const note = await issue('DGV', 'REZ', '40.00', { credits: first })
  const invoices = [await issue('DGV', 'REZ', '90.00'), await issue('DGV', 'REZ', '60.00')]
  const proposal = await proposePayments(rez, {
    ...wish,
    grouping: 'seller',
    version: '03',
    item_ids: [note.id, ...invoices.map((each) => each.id)],
  })
  expect(proposal.total).toBe('110.00')
  await approvePayments(second, proposal.id)
  await handOutPayments(rez, proposal.id)
  const xml = await (await file(proposal.id)).text()
  if (schemaFile('pain.001.001.03') !== null) expect(wrongBySchema('pain.001.001.03', xml)).toEqual([])
  const end_to_end_id = /<EndToEndId>([^<]+)/.exec(xml)![1]!
  await take('DGV', { entries: [{ amount: '110.00', end_to_end_id, iban: iban.REZ, text: 'kopā' }] })
  expect(await Promise.all([note, ...invoices].map((each) => open(each)))).toEqual(['0.00', '0.00', '0.00'])
  const shown = await world.request('REZ', 'finance', 'GET', `/api/v1/payment-proposals/${proposal.id}`)
  const { status, orders } = (await shown.json()) as { status: string; orders: { payment_id: string }[] }
  expect(status).toBe('booked')
  const payment = await transact(rez, (tx) => getPayment(tx, orders[0]!.payment_id))
  expect(payment).toMatchObject({ amount: '110.00', payee_saw: true, payer_saw: false })
  expect(await market.wrong()).toEqual([])
})

test('an invoice that a credit note covers is settled at approval; there is no file for it', async () => {
  const paid = await issue('LUD', 'REZ', '25.00')
  await take('LUD', { entries: [{ amount: '25.00', reference: creditorReference(paid.number), iban: iban.REZ }] })
  const note = await issue('LUD', 'REZ', '25.00', { credits: paid })
  const invoice = await issue('LUD', 'REZ', '20.00')
  const proposal = await proposePayments(rez, { ...wish, item_ids: [note.id, invoice.id] })
  expect(await approvePayments(rez, proposal.id)).toMatchObject({ status: 'approved', payments: 0 })
  expect([await open(invoice, 'LUD'), await open(note, 'LUD')]).toEqual(['0.00', '5.00'])
  await expect(handOutPayments(rez, proposal.id)).rejects.toThrow('nothing_to_pay')
  expect(await market.wrong()).toEqual([])
})

test('what is not chosen, or stands in a cancelled proposal, can be proposed again', async () => {
  const fromDgv = (number: string) => number.startsWith('DGV')
  const one = await issue('DGV', 'REZ', '11.00')
  const two = await issue('DGV', 'REZ', '12.00')
  const proposal = await proposePayments(rez, { ...wish, item_ids: [one.id, two.id] })
  await choosePayments(rez, proposal.id, [one.id])
  expect((await payable()).filter(fromDgv)).toEqual([two.number])
  const another = await proposePayments(rez, { ...wish, item_ids: [two.id] })
  await expect(choosePayments(rez, proposal.id, [one.id, two.id])).rejects.toThrow('proposal_changed')
  await cancelPayments(rez, another.id)
  await choosePayments(rez, proposal.id, [one.id, two.id])
  await approvePayments(second, proposal.id)
  await handOutPayments(rez, proposal.id)
  expect((await payable()).filter(fromDgv)).toEqual([])
  await cancelPayments(rez, proposal.id)
  expect((await payable()).filter(fromDgv)).toEqual([one.number, two.number])
})

test('what was settled meanwhile stops the approval and the file, and says which document', async () => {
  const invoice = await issue('DGV', 'REZ', '500.00')
  const drafted = await proposePayments(rez, { ...wish, item_ids: [invoice.id] })
  await take('DGV', { entries: [{ amount: '1.00', reference: creditorReference(invoice.number), iban: iban.REZ }] })
  await expect(approvePayments(second, drafted.id)).rejects.toThrow(`"document":"${invoice.number}"`)
  await cancelPayments(rez, drafted.id)
  const approved = await proposePayments(rez, { ...wish, item_ids: [invoice.id] })
  await approvePayments(second, approved.id)
  await take('DGV', { entries: [{ amount: '2.00', reference: creditorReference(invoice.number), iban: iban.REZ }] })
  await expect(handOutPayments(rez, approved.id)).rejects.toThrow('proposal_changed')
  await cancelPayments(rez, approved.id)
})

test('a returned payment can be proposed again', async () => {
  const invoice = await issue('LUD', 'REZ', '321.00')
  const proposal = await proposePayments(rez, { ...wish, item_ids: [invoice.id] })
  await approvePayments(second, proposal.id)
  await handOutPayments(rez, proposal.id)
  const sent = { amount: '321.00', end_to_end_id: invoice.number, iban: iban.LUD }
  await take('REZ', { entries: [{ ...sent, side: 'DBIT', on: '2026-04-08' }] })
  await take('REZ', { entries: [{ ...sent, returned: true, on: '2026-04-09' }] })
  expect(await open(invoice, 'LUD')).toBe('321.00')
  expect(await payable()).toContain(invoice.number)
})

test('below the limit one person is enough; the limit is the administrator’s', async () => {
  await expect(
    savePaymentSettings(rez, {
      approval_limit: '1000.00',
      grouping: null,
      version: null,
      csv_columns: null,
      text_days: null,
    }),
  ).rejects.toThrow('not_permitted')
  await savePaymentSettings(world.as('REZ', 'administrator'), {
    approval_limit: '1000.00',
    grouping: null,
    version: null,
    csv_columns: null,
    text_days: null,
  })
  const small = await issue('DGV', 'REZ', '1000.00')
  const proposal = await proposePayments(rez, { ...wish, item_ids: [small.id] })
  expect(await approvePayments(rez, proposal.id)).toMatchObject({ status: 'approved' })
  const large = await issue('DGV', 'REZ', '1000.01')
  const above = await proposePayments(rez, { ...wish, item_ids: [large.id] })
  await expect(approvePayments(rez, above.id)).rejects.toThrow('approval_by_second_person')
  await cancelPayments(rez, above.id)
})

test('each account has its own file; a closed or foreign one pays nothing; one account belongs to one organisation', async () => {
  const account = 'LV97HABA0012345678910'
  await addBankAccount(rez, { iban: account, name: 'Swedbank', bic: 'HABALV22' })
  await expect(addBankAccount(finance('LUD'), { iban: account, name: '', bic: null })).rejects.toThrow(
    'bank_account_taken',
  )
  const invoice = await issue('DGV', 'REZ', '7.00')
  const proposal = await proposePayments(rez, { ...wish, debtor_iban: account, item_ids: [invoice.id] })
  await approvePayments(rez, proposal.id)
  await handOutPayments(rez, proposal.id)
  const xml = await (await file(proposal.id)).text()
  expect(xml).toContain(`<DbtrAcct><Id><IBAN>${account}</IBAN>`)
  expect(xml).toContain('<BICFI>HABALV22</BICFI>')
  const more = { ...wish, debtor_iban: iban.DGV, item_ids: [invoice.id] }
  await expect(proposePayments(rez, more)).rejects.toThrow('debtor_account_unknown')
  await importStatement(rez, {
    name: 'x',
    bytes: camt({
      id: 'OTHER',
      iban: account,
      entries: [{ amount: '7.00', side: 'DBIT', end_to_end_id: invoice.number, iban: iban.DGV }],
    }),
  })
  expect(await open(invoice)).toBe('0.00')
})

test('a seller without an account cannot be paid, and is named', async () => {
  const invoice = await issue('LUD', 'REZ', '9.00')
  const change = (value: string | null) =>
    sql`update organisation set iban = ${value} where id = ${world.organisation.LUD}`.execute(world.database.db)
  await change(null)
  const proposal = await proposePayments(rez, { ...wish, item_ids: [invoice.id] })
  await expect(approvePayments(rez, proposal.id)).rejects.toThrow('creditor_without_account')
  await change(iban.LUD)
  await approvePayments(rez, proposal.id)
})

test('inputs are checked field by field', async () => {
  const post = async (body: unknown) => {
    const response = await world.request('REZ', 'finance', 'POST', '/api/v1/payment-proposals', body)
    const { errors } = (await response.json()) as { errors?: { path: string }[] }
    return [response.status, ...(errors ?? []).map((error) => error.path)]
  }
  expect(await post({})).toEqual([422, 'due_on', 'execution_on'])
  expect(await post({ due_on: '2026-02-30', execution_on: '2026-04-20' })).toEqual([422, 'due_on'])
  expect(await post({ due_on: '2026-04-30', execution_on: '2026-04-10' })).toEqual([422, 'execution_on'])
  expect(await post({ due_on: '2026-04-30', execution_on: '2026-04-20', debtor_iban: 'LV00X' })).toEqual([
    422,
    'debtor_iban',
  ])
  expect(await post({ due_on: '2026-04-30', execution_on: '2026-04-20', grouping: 'none', what: 1 })).toEqual([
    422,
    'grouping',
    'what',
  ])
})

test('nobody else pays, and another municipality does not even find a proposal', async () => {
  const invoice = await issue('DGV', 'REZ', '3.00')
  for (const role of ['lister', 'buyer', 'auditor', 'administrator'] as const) {
    await expect(proposePayments(world.as('REZ', role), wish)).rejects.toThrow('not_permitted')
  }
  const proposal = await proposePayments(rez, { ...wish, item_ids: [invoice.id] })
  for (const code of ['LUD', 'DGV'] as const) {
    await expect(approvePayments(finance(code), proposal.id)).rejects.toThrow('not_found')
    const read = await world.request(code, 'finance', 'GET', `/api/v1/payment-proposals/${proposal.id}`)
    expect(read.status).toBe(404)
  }
})
