/** What a credit note outside the close is made from: the line and its invoice, what its month comes to, what was agreed before. */
import { sql } from 'kysely'
import type { Month, PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import type { BilledOn, PlacementSubject } from '../invoicing/record.ts'
import type { ClosedOffer, StoredRecord } from '../invoicing/rows.ts'
import type { Money } from '../money.ts'
import type { AgreedCredit } from './agreed.ts'
import type { VatRate } from './documents.ts'

/** Where a line stands. */
export type LineOf = {
  seller_id: string
  buyer_id: string
  document_id: string
  charge_id: string
  placement_id: string
  service_month: string
}

export type CreditedLine = {
  invoice: { number: string; issued_on: PlainDate; close_month: Month }
  subject: PlacementSubject
  vat_rate: VatRate
  /** what the placement and month comes to now for this buyer, before anything agreed; zero where it is another's by now */
  rated_now: Money
  agreed: AgreedCredit[]
  /** what documents have asked for it so far, oldest first */
  billed_on: (BilledOn & { buyer_id: string })[]
}

/** The line is known to be there: the caller has read it as the actor. */
export async function readCreditedLine(tx: Tx, line: LineOf): Promise<CreditedLine> {
  const { seller_id, document_id, charge_id, placement_id, service_month } = line
  const { rows } = await sql<{
    number: string
    issued_on: PlainDate
    close_month: Month
    record: unknown
    offer_id: string
    facts: string
    vat_category: 'E' | 'S'
    vat_rate: string
  }>`
    select d.number, d.issued_on, d.close_month, d.record, c.offer_id, o.facts, c.vat_category,
      coalesce(c.vat_rate, 0)::text as vat_rate
    from charge c join document d on d.seller_id = c.seller_id and d.id = c.document_id
    join closed_offer o on o.seller_id = d.seller_id and o.close_month = d.close_month and o.offer_id = c.offer_id
    where c.seller_id = ${seller_id} and c.placement_id = ${placement_id} and c.service_month = ${service_month}
      and c.id = ${charge_id} and d.id = ${document_id}`.execute(tx)
  const [found] = rows
  if (found === undefined) throw new Error(`the line ${charge_id} must be there`)
  const { number, issued_on, close_month, record, offer_id, facts, vat_category, vat_rate } = found
  const { names } = JSON.parse(facts) as ClosedOffer
  const case_token = (record as StoredRecord).cases[placement_id] ?? null
  return {
    invoice: { number, issued_on, close_month },
    subject: { case_token, offer_id, ...names },
    vat_rate: { category: vat_category, rate: vat_rate },
    ...(await readAsked(tx, line)),
    billed_on: await readBilledOn(tx, line),
  }
}

/** What the placement and month of a line comes to now, and what was agreed about it. */
export async function readAsked(
  tx: Tx,
  { seller_id, buyer_id, placement_id, service_month }: Omit<LineOf, 'document_id' | 'charge_id'>,
): Promise<Pick<CreditedLine, 'rated_now' | 'agreed'>> {
  const { rows } = await sql<{ rated_now: Money; agreed: AgreedCredit[] }>`
    select coalesce((select m.buyer_amount::text from settled_month m
        where m.seller_id = ${seller_id} and m.placement_id = ${placement_id} and m.service_month = ${service_month}
          and m.buyer_id = ${buyer_id}), '0.00') as rated_now,
      (select coalesce(json_agg(json_build_object('buyer', a.buyer_id, 'amount', a.amount::text, 'rated', a.rated::text)
          order by a.agreed_at, a.dispute_id), '[]')
        from agreed_credit a
        where a.seller_id = ${seller_id} and a.placement_id = ${placement_id} and a.service_month = ${service_month}) as agreed`.execute(
    tx,
  )
  return rows[0]!
}

async function readBilledOn(tx: Tx, { seller_id, placement_id, service_month }: LineOf) {
  const { rows } = await sql<BilledOn & { buyer_id: string }>`
    select d.number, d.issued_on, d.type, d.buyer_id, sum(c.buyer_amount)::text as amount
    from charge c join document d on d.seller_id = c.seller_id and d.id = c.document_id
    where c.seller_id = ${seller_id} and c.placement_id = ${placement_id} and c.service_month = ${service_month}
    group by d.id, d.number, d.issued_on, d.type, d.buyer_id
    order by d.issued_on, d.id`.execute(tx)
  return rows
}

export type AgreedCreditRow = {
  seller_id: string
  placement_id: string
  service_month: string
  dispute_id: string
  buyer_id: string
  amount: string
  rated: string
  document_id: string | null
  agreed_at: string
}

export async function insertAgreedCredit(tx: Tx, row: AgreedCreditRow): Promise<void> {
  await tx.insertInto('agreed_credit').values(row).execute()
}
