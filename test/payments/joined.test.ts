import { expect, test } from 'vitest'
import { AgreementInput } from '../../src/agreements/agreement.ts'
import { draftAgreement, signAgreement } from '../../src/agreements/commands.ts'
import { transact } from '../../src/context.ts'
import { centsOf, moneyOf, sumMoney } from '../../src/money.ts'
import { answerNetting, proposeNetting, reverseNetting, withdrawNetting } from '../../src/netting/commands.ts'
import { transfersToPay } from '../../src/netting/store.ts'
import {
  approvePayments,
  cancelPayments,
  handOutPayments,
  payableItems,
  proposePayments,
  savePaymentSettings,
} from '../../src/payments/commands.ts'
import { confirmMatch, ignoreMovement, unmatchMovement } from '../../src/payments/movement-commands.ts'
import { forgetBankTexts } from '../../src/payments/statement-commands.ts'
import { checkBank, getMovement, listMovements } from '../../src/payments/statement-store.ts'
import { getProposal } from '../../src/payments/store.ts'
import { answerReceived, receiveDocument } from '../../src/receiving/commands.ts'
import { getReceived } from '../../src/receiving/store.ts'
import { bytesOf, outsideIban, sampleXml } from '../receiving/sample.ts'
import { freshDatabase } from '../support/database.ts'
import { createMarket, iban } from './market.ts'
import { schemaFile, wrongBySchema } from './xsd.ts'

const market = await createMarket(await freshDatabase())
const { world, finance, issue, open, take, balance, wrong } = market
const { DGV, REZ } = world.organisation
const rez = finance('REZ')
const dgv = finance('DGV')
/** Another finance officer of Rēzekne. */
const second = { ...rez, actor: { ...rez.actor, person_id: world.person['REZ.administrator']! } } as typeof rez
const wish = {
  ...{ due_on: '2026-04-30', execution_on: '2026-04-20', debtor_iban: null, grouping: null, version: null },
  item_ids: null as string[] | null,
}
const payable = () => transact(rez, (tx) => payableItems(tx, REZ, '2026-04-30'))
const movement = async (ctx: typeof rez, text: string) => {
  const own = (ctx.actor as { organisation_id: string }).organisation_id
  const rows = await transact(ctx, (tx) =>
    listMovements(tx, own, { statement_id: null, status: null }, { limit: 100, after: null }),
  )
  return rows.find((row) => row.text.includes(text))!
}
const received = (id: string) => transact(rez, (tx) => getReceived(tx, id))

const agreement = AgreementInput.parse({
  ...{ seller_id: DGV, buyer_id: REZ, number: '1', valid_from: '2026-01-01', valid_to: null, netting: true },
})
const made = await draftAgreement(dgv, agreement)
await signAgreement(dgv, made.id, { signer: 'A', version: 1 })
await signAgreement(rez, made.id, { signer: 'B', version: 1 })

test('what a netting holds is not proposed; what it leaves is a transfer that is paid like an invoice', async () => {
  const [owed, owing] = [await issue('DGV', 'REZ', '100.00'), await issue('REZ', 'DGV', '60.00')]
  expect((await payable()).map((item) => item.number)).toEqual([owed.number])
  const netting = await proposeNetting(dgv, { counterparty_id: REZ, netted_on: null, due_on: null } as never)
  expect(await payable(), 'the netting holds it').toEqual([])
  await answerNetting(rez, netting.id, { answer: 'accepted', round: 1 })
  expect([await open(owed), await open(owing)]).toEqual(['0.00', '0.00'])
  const [transfer] = await payable()
  expect(transfer).toMatchObject({ kind: 'transfer', seller_id: DGV, payable: '40.00', netting_id: netting.id })
  expect(transfer!.number).toMatch(/^IESKAITS-[0-9A-F]{10}$/)

  const proposal = await proposePayments(rez, wish)
  expect(proposal).toMatchObject({ total: '40.00', items: 1 })
  expect(await payable(), 'it is not proposed a second time').toEqual([])
  await approvePayments(second, proposal.id)
  await handOutPayments(rez, proposal.id)
  const address = `/api/v1/payment-proposals/${proposal.id}/file`
  const file = await (await world.request('REZ', 'finance', 'GET', address)).text()
  if (schemaFile('pain.001.001.09') !== null) expect(wrongBySchema('pain.001.001.09', file)).toEqual([])
  expect(file).toContain(`<EndToEndId>${transfer!.number}</EndToEndId>`)

  await take('REZ', {
    entries: [{ amount: '40.00', side: 'DBIT', end_to_end_id: transfer!.number, iban: iban.DGV, text: 'ieskaits' }],
  })
  expect(await transact(rez, (tx) => transfersToPay(tx, REZ))).toEqual([])
  expect(await transact(rez, (tx) => getProposal(tx, proposal.id))).toMatchObject({ status: 'booked', paid: 1 })
  expect(await balance('REZ', 'set_off')).toBe('0.00')
  expect(await balance('DGV', 'bank')).toBe('40.00')
  await expect(reverseNetting(dgv, netting.id, { note: 'kļūda' })).rejects.toMatchObject({
    code: 'netting_transfer_paid',
  })
  expect(await wrong()).toEqual([])

  // The other side's bank writes the reference into a text, and loses everything else.
  await take('DGV', { entries: [{ amount: '40.00', text: `par ${transfer!.number.replace('-', ' - ')}` }] })
  expect(await movement(dgv, 'par IESKAITS')).toMatchObject({ status: 'matched', reason: 'seen_by_other' })
  expect(await balance('DGV', 'bank'), 'booked once').toBe('40.00')

  const page = await world.request('REZ', 'finance', 'GET', `/payments/${(await movement(rez, 'ieskaits')).payment_id}`)
  expect(await page.text()).toContain(`/netting/${netting.id}`)
  await unmatchMovement(rez, (await movement(rez, 'ieskaits')).id)
  expect(await transact(rez, (tx) => transfersToPay(tx, REZ))).toHaveLength(1)
  expect([await balance('REZ', 'bank'), await balance('DGV', 'bank')]).toEqual(['0.00', '0.00'])
  expect(await wrong()).toEqual([])
  await reverseNetting(dgv, netting.id, { note: 'kļūda' })
  expect([await open(owed), await open(owing)]).toEqual(['100.00', '60.00'])
  expect(await wrong()).toEqual([])
})

test('what the bank was told to pay is not set off as well; a list taken back frees it', async () => {
  const [owed, owing] = [await issue('DGV', 'REZ', '8.00'), await issue('REZ', 'DGV', '5.00')]
  const propose = () => proposeNetting(dgv, { counterparty_id: REZ, netted_on: null, due_on: null } as never)
  const netted = async () => {
    const netting = await propose()
    await withdrawNetting(dgv, netting.id)
    return netting.items.map((item) => item.number)
  }
  const proposal = await proposePayments(rez, { ...wish, item_ids: [owed.id] })
  await approvePayments(second, proposal.id)
  expect(await netted(), 'until it is handed out the list gives way').toContain(owed.number)
  const netting = await propose()
  await expect(handOutPayments(rez, proposal.id)).rejects.toMatchObject({ code: 'proposal_changed' })
  await withdrawNetting(dgv, netting.id)

  await handOutPayments(rez, proposal.id)
  const left = await netted()
  expect(left).not.toContain(owed.number)
  expect(left).toContain(owing.number)
  await cancelPayments(rez, proposal.id)
  expect(await netted()).toContain(owed.number)
  expect(await wrong()).toEqual([])
  for (const [payer, document, amount] of [
    ['REZ', owed, '8.00'],
    ['DGV', owing, '5.00'],
  ] as const)
    await take(payer, {
      entries: [
        {
          amount,
          side: 'DBIT',
          text: `par ${document.number}`,
          end_to_end_id: document.number,
          iban: iban[payer === 'REZ' ? 'DGV' : 'REZ'],
        },
      ],
    })
})

test('a transfer without its reference is asked about; with too little it is none', async () => {
  const netting = await proposeNetting(dgv, { counterparty_id: REZ, netted_on: null, due_on: null } as never)
  await answerNetting(rez, netting.id, { answer: 'accepted', round: 1 })
  const [transfer] = await transact(rez, (tx) => transfersToPay(tx, REZ))
  await take('DGV', { entries: [{ amount: '39.00', iban: iban.REZ, text: `mazāk ${transfer!.reference}` }] })
  expect(await movement(dgv, 'mazāk')).toMatchObject({ status: 'proposed', reason: 'account' })
  await ignoreMovement(dgv, (await movement(dgv, 'mazāk')).id)
  await take('DGV', { entries: [{ amount: '40.00', iban: iban.REZ, text: 'bez atsauces' }] })
  const waiting = await movement(dgv, 'bez atsauces')
  expect(waiting).toMatchObject({ status: 'proposed', reason: 'transfer' })
  await confirmMatch(dgv, waiting.id)
  expect(await transact(rez, (tx) => transfersToPay(tx, REZ))).toEqual([])
  expect(await balance('DGV', 'set_off')).toBe('0.00')
  expect(await wrong()).toEqual([])
})

test('an accepted invoice from outside is paid in the same file, and its movement marks it as paid', async () => {
  const invoice = await issue('DGV', 'REZ', '30.00')
  const { document } = await receiveDocument(rez, bytesOf(sampleXml()), 'upload')
  expect(
    (await payable()).map((item) => item.kind),
    'not before it is accepted',
  ).toEqual(['document'])
  await answerReceived(rez, document.id, { code: 'AP', reason: null, note: null } as never)
  const items = await payable()
  expect(items.map((item) => [item.kind, item.number])).toEqual([
    ['document', invoice.number],
    ['received', document.number],
  ])
  const proposal = await proposePayments(rez, wish)
  expect(proposal).toMatchObject({ total: '155.00', items: 2 })
  await approvePayments(second, proposal.id)
  await handOutPayments(rez, proposal.id)
  const file = await (
    await world.request('REZ', 'finance', 'GET', `/api/v1/payment-proposals/${proposal.id}/file`)
  ).text()
  if (schemaFile('pain.001.001.09') !== null) expect(wrongBySchema('pain.001.001.09', file)).toEqual([])
  expect(file).toContain(`<IBAN>${outsideIban}</IBAN>`)
  expect(await transact(dgv, (tx) => getProposal(tx, proposal.id)).catch((error) => error.code)).toBe('not_found')

  await take('REZ', {
    entries: [
      { amount: '30.00', side: 'DBIT', end_to_end_id: invoice.number, iban: iban.DGV, text: 'savējie' },
      { amount: '125.00', side: 'DBIT', end_to_end_id: document.number, iban: outsideIban, text: 'ārējie' },
    ],
  })
  expect(await received(document.id)).toMatchObject({ state: 'paid' })
  const paid = await movement(rez, 'ārējie')
  expect(paid).toMatchObject({ status: 'matched', reason: 'order', payment_id: null, received_ids: [document.id] })
  expect(await transact(rez, (tx) => getProposal(tx, proposal.id))).toMatchObject({ status: 'booked', paid: 2 })
  expect(await wrong()).toEqual([])

  await unmatchMovement(rez, paid.id)
  expect(await received(document.id)).toMatchObject({ state: 'accepted' })
  expect(await transact(rez, (tx) => getProposal(tx, proposal.id))).toMatchObject({ status: 'handed_out', paid: 1 })
  expect(await movement(rez, 'ārējie')).toMatchObject({ status: 'unknown', received_ids: [] })
})

test('an outside invoice that was marked as paid by hand stops neither a statement nor a later file', async () => {
  const { document } = await receiveDocument(rez, bytesOf(sampleXml({ number: 'A-2026-99' })), 'upload')
  await answerReceived(rez, document.id, { code: 'AP', reason: null, note: null } as never)
  const proposal = await proposePayments(rez, { ...wish, item_ids: [document.id] })
  await answerReceived(rez, document.id, { code: 'PD', reason: null, note: null } as never)
  await expect(approvePayments(second, proposal.id)).rejects.toMatchObject({ code: 'proposal_changed' })

  const other = (
    await receiveDocument(rez, bytesOf(sampleXml({ number: 'A-2026-100', lines: [{ quantity: '11' }] })), 'upload')
  ).document
  await answerReceived(rez, other.id, { code: 'AP', reason: null, note: null } as never)
  const bank = { amount: '137.50', side: 'DBIT' as const, iban: outsideIban }
  await take('REZ', { entries: [{ ...bank, text: 'bez numura' }] })
  const asked = await movement(rez, 'bez numura')
  expect(asked, 'the account and the amount alone are asked about').toMatchObject({ status: 'proposed' })
  await ignoreMovement(rez, asked.id)
  await take('REZ', { entries: [{ ...bank, text: 'rēķins A-2026-100' }] })
  expect(await received(other.id)).toMatchObject({ state: 'paid' })
})

test('what the bank keeps of a payment is booked, so that the bank account of the book moves as the statement', async () => {
  const check = (ctx: typeof rez, own: string) => transact(ctx, (tx) => checkBank(tx, own))
  const before = { ledger: await check(dgv, DGV), bank: await balance('DGV', 'bank') }
  expect(before.ledger).toMatchObject({ book: before.bank, difference: '0.00' })
  const invoice = await issue('DGV', 'REZ', '70.00')
  await take('DGV', {
    entries: [{ amount: '69.50', charge: '0.50', iban: iban.REZ, text: `komisija ${invoice.number}` }],
  })
  expect(await open(invoice)).toBe('0.00')
  expect(await balance('DGV', 'bank_charge')).toBe('0.50')
  expect(moneyOf(centsOf(await balance('DGV', 'bank')) - centsOf(before.bank))).toBe('69.50')
  const now = await check(dgv, DGV)
  expect(now.difference).toBe('0.00')
  expect(now.accounts).toHaveLength(1)
  const [account] = now.accounts
  const parts = [account!.opening, account!.in_book, account!.outside, account!.ignored, account!.waiting]
  expect(sumMoney([...parts, account!.missing].map((part) => part ?? 'none'))).toBe(account!.closing)
  expect(await balance('REZ', 'bank_charge'), 'it is nothing of the other side').toBe('0.00')
  expect((await check(rez, REZ)).difference).toBe('0.00')
  expect(await wrong()).toEqual([])

  await unmatchMovement(dgv, (await movement(dgv, 'komisija')).id)
  expect(await balance('DGV', 'bank_charge')).toBe('0.00')
  expect(await balance('DGV', 'bank')).toBe(before.bank)
  expect((await check(dgv, DGV)).difference).toBe('0.00')
  expect(await wrong()).toEqual([])
  const page = await world.request('DGV', 'finance', 'GET', '/payments/statements')
  expect(await page.text()).toContain('Banka un grāmata')
})

test('a charge of the bank on a line of its own is booked by one word, and taken back', async () => {
  await take('DGV', { entries: [{ amount: '3.20', side: 'DBIT', family: 'CHRG', text: 'konta apkalpošana' }] })
  const before = { bank: await balance('DGV', 'bank'), charge: await balance('DGV', 'bank_charge') }
  const line = await movement(dgv, 'konta apkalpošana')
  expect(line).toMatchObject({ status: 'ignored', reason: 'charge' })
  const book = (code: 'DGV' | 'REZ', role: 'finance' | 'auditor' = 'finance') =>
    world.request(code, role, 'POST', `/api/v1/bank-movements/${line.id}/charge`)
  expect([(await book('REZ')).status, (await book('DGV', 'auditor')).status]).toEqual([404, 403])
  expect(await (await book('DGV')).json()).toMatchObject({ status: 'matched', reason: 'charge', payment_id: null })
  expect((await book('DGV')).status).toBe(409)
  expect(moneyOf(centsOf(await balance('DGV', 'bank_charge')) - centsOf(before.charge))).toBe('3.20')
  expect(moneyOf(centsOf(before.bank) - centsOf(await balance('DGV', 'bank')))).toBe('3.20')
  const check = () => transact(dgv, (tx) => checkBank(tx, DGV))
  expect(await check()).toMatchObject({ difference: '0.00' })
  expect(await wrong()).toEqual([])
  const page = await world.request('DGV', 'finance', 'GET', `/payments/movements/${line.id}`)
  expect(await page.text()).toContain('Komisijas grāmatojumu atcels')

  await unmatchMovement(dgv, line.id)
  expect({ bank: await balance('DGV', 'bank'), charge: await balance('DGV', 'bank_charge') }).toEqual(before)
  expect(await check()).toMatchObject({ difference: '0.00' })
  expect(await wrong()).toEqual([])
})

test('who paid and why is forgotten when the days for it are over; amounts stay, and the file brings nothing back', async () => {
  const entries = [
    {
      amount: '12.00',
      name: 'Jānis Bērziņš',
      text: 'dzīvokļa īre',
      iban: 'LV11BANK0000000000909',
      bank_reference: 'P1',
    },
    { amount: '13.00', name: 'Anna Kalniņa', text: 'ziedojums', iban: 'LV11BANK0000000000909', bank_reference: 'P2' },
  ]
  await take('DGV', { id: 'PRIVATE', entries })
  await ignoreMovement(dgv, (await movement(dgv, 'īre')).id)
  const ignored = await movement(dgv, 'īre')
  const unknown = await movement(dgv, 'ziedojums')
  const asked = async (id: string) => transact(dgv, (tx) => getMovement(tx, id))
  const in_days = (days: number) =>
    forgetBankTexts(world.database.db, {
      ...world.clock,
      now: () => new Date(Date.parse(world.clock.now().toISOString()) + days * 86_400_000),
    } as typeof world.clock)
  await savePaymentSettings(dgv, {
    ...{ approval_limit: null, grouping: null, version: null, csv_columns: null, text_days: 30 },
  })
  await in_days(29)
  expect(await asked(ignored.id)).toMatchObject({ counterparty_name: 'Jānis Bērziņš', text: 'dzīvokļa īre' })
  await in_days(31)
  expect(await asked(ignored.id)).toMatchObject({
    ...{ amount: '12.00', counterparty_name: null, counterparty_iban: null, text: '', status: 'ignored' },
  })
  expect(await asked(unknown.id), 'it is still tried again').toMatchObject({ counterparty_name: 'Anna Kalniņa' })
  await take('DGV', { id: 'PRIVATE', entries })
  expect(await asked(ignored.id)).toMatchObject({ counterparty_name: null, text: '' })
  await in_days(160)
  expect(await asked(unknown.id)).toMatchObject({ amount: '13.00', counterparty_name: null, text: '' })
  const wrongDays = await world.request('DGV', 'finance', 'PUT', '/api/v1/payment-settings', { text_days: 0 })
  expect(wrongDays.status).toBe(422)
})
