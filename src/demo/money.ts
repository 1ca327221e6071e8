/**
 * What follows from the invoices of the year: agreements, payments by statements of made-up accounts, objections, set-off, balances.
 * As in `story.ts`, every act goes through the command of whoever does it, on its day.
 */
import { draftAgreement, signAgreement } from '../agreements/commands.ts'
import { answerBalanceConfirmation, sendBalanceConfirmation } from '../balances/commands.ts'
import { addDays, type PlainDate } from '../calendar.ts'
import { answerClaim, draftClaim, payClaim, sendClaim, setProgramme } from '../claims/commands.ts'
import { transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { acceptDispute, raiseDispute } from '../disputes/commands.ts'
import { creditorReference } from '../invoicing/creditor-reference.ts'
import { WishInput } from '../invoicing/wish.ts'
import { setDocumentWishes } from '../invoicing/wish-commands.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf, moneyOf } from '../money.ts'
import { answerNetting, joinNettingCircle, proposeNetting } from '../netting/commands.ts'
import { importStatement } from '../payments/statement-commands.ts'
import { receiveDocument } from '../receiving/commands.ts'
import type { StoryCalendar, StoryDay } from './calendar.ts'
import { type Cast, systemOn } from './cast.ts'
import { type Code, type Municipality, municipalities, organisations } from './latgale.ts'
import { outsideInvoice } from './outside-invoice.ts'

export interface MoneyEvent {
  on: PlainDate
  happens(on: PlainDate): Promise<unknown>
}

type Pair = readonly [seller: Municipality, buyer: Municipality]

/** Who agreed: the usual terms but for what is said. */
const agreements: readonly { pair: Pair; netting?: boolean; pay_days?: number; answer_days?: number }[] = [
  { pair: ['AUG', 'DGV'] },
  { pair: ['DGV', 'AUG'] },
  { pair: ['AUG', 'LIV'] },
  { pair: ['AUG', 'PRE'] },
  { pair: ['DGV', 'KRA'] },
  { pair: ['KRA', 'DGV'] },
  { pair: ['DGV', 'REZ'], pay_days: 60, answer_days: 60 },
  { pair: ['LIV', 'PRE'] },
  { pair: ['PRE', 'LIV'] },
  { pair: ['LUD', 'REZ'] },
  { pair: ['LUD', 'RZN'] },
  { pair: ['REZ', 'RZN'], pay_days: 60, netting: true },
  { pair: ['RZN', 'REZ'], pay_days: 60, netting: true },
  { pair: ['BAL', 'RZN'] },
]
const circle: readonly Municipality[] = ['DGV', 'AUG', 'REZ', 'RZN', 'LUD', 'LIV', 'PRE']
/** Of the tenth month: one that nobody pays, and one that is paid by half. */
const overdue: Pair = ['BAL', 'RZN']
const partPaid: Pair = ['DGV', 'KRA']
const outsideSellerOf: Municipality = 'RZN'

/** Days on which what is due by five days later has been paid; the last one is always before today. */
const paidBy: readonly StoryDay[] = [
  [6, 2],
  [10, 2],
  [11, 2],
  [12, 1],
]

/** @param db read as the program, to know what is open on a day */
export function moneyEvents(cast: Cast, calendar: StoryCalendar, db: Db): MoneyEvent[] {
  const money: Money = { cast, calendar, db }
  const at = (day: StoryDay, happens: (on: PlainDate) => Promise<unknown>): MoneyEvent => ({
    on: calendar.date(day),
    happens,
  })
  return [
    { on: addDays(calendar.date([0, 1]), -12), happens: (on) => agree(money, on) },
    { on: addDays(calendar.date([0, 1]), -11), happens: (on) => wish(money, on) },
    ...paidBy.map((day) => at(day, (on) => pay(money, on))),
    at([7, 8], (on) => claimFirst(money, on)),
    at([8, 20], (on) => claimAnswered(money, on)),
    at([9, 15], (on) => claimPaid(money, on)),
    at([9, 20], (on) => join(money, on)),
    at([10, 7], (on) => object(money, ['LUD', 'RZN'], on)),
    at([10, 9], (on) => netAll(money, on)),
    at([10, 20], (on) => giveIn(money, on)),
    at([11, 4], (on) => receiveOnesOwn(money, on)),
    at([11, 10], (on) => confirmBalances(money, on)),
    at([11, 12], (on) => claimNext(money, on)),
    at([11, 16], (on) => receiveOutside(money, on)),
    at({ from_today: -5 }, (on) => object(money, ['DGV', 'REZ'], on)),
    at({ from_today: -3 }, (on) => proposeBetweenTwo(money, on)),
  ]
}

interface Money {
  cast: Cast
  calendar: StoryCalendar
  db: Db
  /** the objection that is accepted later */
  disputed?: string
  /** the claim that the funder answers */
  claimed?: string
}

function idOf({ cast }: Money, code: Code): string {
  return cast.organisation.get(code)!
}

async function agree(money: Money, on: PlainDate): Promise<void> {
  const { cast } = money
  for (const { pair, netting = false, pay_days, answer_days = 10 } of agreements) {
    const [seller, buyer] = pair
    const usual = organisations.find(({ code }) => code === seller)!.payment_days
    const { id, version } = await draftAgreement(cast.as(seller, 'finance', on), {
      seller_id: idOf(money, seller),
      buyer_id: idOf(money, buyer),
      number: `${seller}-${buyer}/${on.slice(0, 4)}`,
      valid_from: addDays(on, 1),
      valid_to: null,
      confirmation: 'silence_confirms',
      answer_days,
      netting,
      pay_days: pay_days ?? usual,
      price_class: null,
      note: '',
      year_ceiling: null,
    })
    for (const side of [seller, buyer]) {
      const ctx = cast.as(side, 'finance', on)
      await signAgreement(ctx, id, { signer: nameOf(ctx), version })
    }
  }
}

function nameOf(ctx: ReturnType<Cast['as']>): string {
  return ctx.actor.kind === 'member' ? ctx.actor.name : ''
}

async function wish(money: Money, on: PlainDate): Promise<void> {
  const said = WishInput.parse({ institution_code: 'SD-01', lines: 'totals', pdf_in_xml: true })
  await setDocumentWishes(money.cast.as('REZ', 'finance', on), null, said)
}

// Paying

async function open({ db }: Money, on: PlainDate): Promise<OpenItem[]> {
  return transact(systemOn(db, on), (tx) => openItems(tx, {}))
}

/** Every buyer's statement of what it has paid; invoices are paid on the day before they are due, or today. */
async function pay(money: Money, on: PlainDate): Promise<void> {
  const items = (await open(money, on)).filter((item) => item.type === 'invoice' && item.due_on <= addDays(on, 5))
  for (const buyer of municipalities) {
    const buyer_id = idOf(money, buyer)
    const due = items.filter((item) => item.buyer_id === buyer_id)
    const rows = due.flatMap((item) => paidOf(money, item, on))
    if (rows.length > 0) await take(money, buyer, on, rows)
  }
}

function paidOf(money: Money, item: OpenItem, on: PlainDate): Row[] {
  const special = item.close_month === money.calendar.month(9)
  if (special && isOf(money, item, overdue)) return []
  const half = special && isOf(money, item, partPaid)
  // The rest of what was paid by half is not paid either.
  if (half && item.open !== item.total) return []
  const cents = half ? centsOf(item.open) / 2n : centsOf(item.open)
  const day = addDays(item.due_on, -1)
  return [
    {
      date: day < on ? day : on,
      amount: moneyOf(-cents),
      other: codeOf(money, item.seller_id),
      text: `Rēķins Nr. ${item.number}`,
      reference: creditorReference(item.number),
    },
  ]
}

function isOf(money: Money, item: OpenItem, [seller, buyer]: Pair): boolean {
  return item.seller_id === idOf(money, seller) && item.buyer_id === idOf(money, buyer)
}

function codeOf({ cast }: Money, id: string): Code {
  return [...cast.organisation].find(([, each]) => each === id)![0]
}

interface Row {
  date: PlainDate
  amount: string
  other: Code | null
  text: string
  reference?: string
}

const columns = [
  'Datums',
  'Summa',
  'Valūta',
  'Saņēmējs/Maksātājs',
  'Partnera konts',
  'Informācija saņēmējam',
  'Atsauce',
]

/** A statement as banks give it out for a table program. */
async function take(money: Money, code: Municipality, on: PlainDate, rows: readonly Row[]): Promise<void> {
  const lines = rows
    .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
    .map(({ date, amount, other, text, reference = '' }) => {
      const party = organisations.find((each) => each.code === other)
      return [date, amount, 'EUR', party?.name ?? '', party?.iban ?? '', text, reference]
    })
  const csv = [columns, ...lines].map((cells) => cells.join(';')).join('\n')
  await importStatement(money.cast.as(code, 'finance', on), {
    name: `konta-izraksts-${on}.csv`,
    bytes: new TextEncoder().encode(csv),
  })
}

/** A seller's own statement: a payment that says too little waits for a word, and what the bank took is nobody's. */
async function receiveOnesOwn(money: Money, on: PlainDate): Promise<void> {
  const rows: Row[] = [
    { date: addDays(on, -1), amount: '250.00', other: 'KRA', text: 'Par sociālajiem pakalpojumiem' },
    { date: on, amount: '-1.20', other: null, text: 'Komisijas maksa' },
  ]
  await take(money, 'DGV', on, rows)
}

// Objections

/** A buyer doubts a quarter of the largest line of the newest invoice. */
async function object(money: Money, pair: Pair, on: PlainDate): Promise<void> {
  const newest = (await open(money, on)).findLast((item) => item.type === 'invoice' && isOf(money, item, pair))
  if (newest === undefined) return
  const { line_no, buyer_amount } = await largestLine(money, newest.document_id)
  const { id } = await raiseDispute(money.cast.as(pair[1], 'finance', on), {
    document_id: newest.document_id,
    line_no,
    reason: 'not_delivered',
    amount: moneyOf(centsOf(buyer_amount) / 4n),
    quantity: null,
    note: 'Daļā no šīm dienām iemītnieks bija mājās. Lūdzam pārbaudīt uzskaiti.',
  })
  if (pair[0] === 'LUD') money.disputed = id
}

async function largestLine({ db }: Money, document_id: string) {
  return db
    .selectFrom('charge')
    .select(['line_no', 'buyer_amount'])
    .where('document_id', '=', document_id)
    .where('kind', '=', 'standard')
    .orderBy('buyer_amount', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
}

async function giveIn(money: Money, on: PlainDate): Promise<void> {
  if (money.disputed === undefined) return
  const note = 'Pārbaudījām: Jums taisnība. Pielikumā kredītrēķins.'
  await acceptDispute(money.cast.as('LUD', 'finance', on), money.disputed, { amount: null, note })
}

// Set-off

async function join(money: Money, on: PlainDate): Promise<void> {
  for (const code of circle) await joinNettingCircle(money.cast.as(code, 'finance', on))
}

/** What is mutual in the circle is set off, as all agree. */
async function netAll(money: Money, on: PlainDate): Promise<void> {
  const input = { counterparty_id: null, netted_on: null, due_on: null }
  const proposed = await proposeNetting(money.cast.as('DGV', 'finance', on), input)
  for (const { organisation_id, answer } of proposed.parties) {
    if (answer !== null) continue
    const ctx = money.cast.as(codeOf(money, organisation_id), 'finance', on)
    await answerNetting(ctx, proposed.id, { answer: 'accepted', round: proposed.round })
  }
}

async function proposeBetweenTwo(money: Money, on: PlainDate): Promise<void> {
  const input = { counterparty_id: idOf(money, 'RZN'), netted_on: null, due_on: null }
  await proposeNetting(money.cast.as('REZ', 'finance', on), input)
}

// Balances

/** At the end of the eleventh month: one neighbour has the same figures, another one has not. */
async function confirmBalances(money: Money, on: PlainDate): Promise<void> {
  const stated_on = money.calendar.date([10, 31])
  const send = (from: Municipality, to: Municipality) => {
    const ctx = money.cast.as(from, 'finance', on)
    return sendBalanceConfirmation(ctx, {
      counterparty_id: idOf(money, to),
      stated_on,
      signer: nameOf(ctx),
      note: '',
    })
  }
  const same = await send('LUD', 'RZN')
  const rzn = money.cast.as('RZN', 'finance', on)
  await answerBalanceConfirmation(rzn, same.id, { answer: 'confirmed', signer: nameOf(rzn), note: '' })
  const other = await send('DGV', 'KRA')
  const kra = money.cast.as('KRA', 'finance', on)
  const [item] = other.figures.items
  const less = '38.70'
  await answerBalanceConfirmation(kra, other.id, {
    answer: 'differs',
    signer: nameOf(kra),
    note: 'Viena diena mūsu uzskaitē nav apmeklēta.',
    is_owed: other.owes,
    owes: moneyOf(centsOf(other.is_owed) - centsOf(less)),
    items:
      item === undefined
        ? []
        : [{ id: item.id, number: item.number, amount: moneyOf(centsOf(item.open) - centsOf(less)), note: '' }],
  })
}

// Claims to a funder

const claimant: Municipality = 'AUG'

/** The figures of the programme are those of the region's papers, where 85 % is printed five cents lower; that they are this one's is made up. */
async function claimFirst(money: Money, on: PlainDate): Promise<void> {
  const finance = money.cast.as(claimant, 'finance', on)
  await setProgramme(finance, {
    source: 'esf',
    name: 'Deinstitucionalizācija Latgalē (demonstrācija)',
    number: null,
    total: '8596069.00',
    rate: '85',
    agreed: '7306658.60',
    valid_from: money.calendar.date([0, 1]),
    valid_to: null,
  })
  money.claimed = await claimUntil(money, 5, on)
}

async function claimUntil(money: Money, month: number, on: PlainDate): Promise<string> {
  const finance = money.cast.as(claimant, 'finance', on)
  const { id } = await draftClaim(finance, { source: 'esf', until_month: money.calendar.month(month) })
  await sendClaim(finance, id, { claimed_on: on })
  return id
}

async function claimAnswered(money: Money, on: PlainDate): Promise<void> {
  if (money.claimed === undefined) return
  const cuts = [{ line_no: 1, amount: '19.19', reason: 'Vienai dienai nav paraksta apmeklējumu lapā' }]
  await answerClaim(money.cast.as(claimant, 'finance', on), money.claimed, { answered_on: on, cuts })
}

async function claimPaid(money: Money, on: PlainDate): Promise<void> {
  if (money.claimed === undefined) return
  await payClaim(money.cast.as(claimant, 'finance', on), money.claimed, { paid_on: on, payment_note: null })
}

async function claimNext(money: Money, on: PlainDate): Promise<void> {
  await claimUntil(money, 10, on)
}

// From outside

async function receiveOutside(money: Money, on: PlainDate): Promise<void> {
  const buyer = organisations.find(({ code }) => code === outsideSellerOf)!
  const file = outsideInvoice({ issued_on: addDays(on, -2), month: money.calendar.month(10), buyer })
  await receiveDocument(money.cast.as(outsideSellerOf, 'finance', on), new TextEncoder().encode(file), 'upload')
}
