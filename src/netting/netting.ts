/** Nettings as they are asked for and shown. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, text, whole } from '../http/fields.ts'

export const nettingStatuses = ['proposed', 'settled', 'rejected', 'withdrawn', 'reversed'] as const
export type NettingStatus = (typeof nettingStatuses)[number]
/** Days in which an answer is expected where nobody says otherwise; silence is a no. */
export const usualAnswerDays = 7
/** Days after settling in which the remaining payments are made. */
export const transferDays = 10

export const NettingInput = z
  .strictObject({
    /** the other party of a netting between two; null: everybody in the region's circle */
    counterparty_id: id().toLowerCase().nullable().optional().default(null),
    /** documents issued on or before this date; today where it is left out */
    netted_on: date().nullable().optional().default(null),
    /** until when all must have answered; a week where it is left out */
    due_on: date().nullable().optional().default(null),
  })
  .openapi('NettingInput')
export type NettingInput = z.infer<typeof NettingInput>

/** A party's answer to the figures of one round. */
export const NettingAnswer = z
  .strictObject({ answer: choice(['accepted', 'rejected']), round: whole(1, 100_000) })
  .openapi('NettingAnswer')
export type NettingAnswer = z.infer<typeof NettingAnswer>

export const NettingReversal = z.strictObject({ note: text(500) }).openapi('NettingReversal')
export type NettingReversal = z.infer<typeof NettingReversal>

const moved = z.object({ payments: z.int(), amount: z.string() })
const figures = z.object({ gross: moved, bilateral: moved, netted: moved })
const head = {
  id: id(),
  region_id: z.string().nullable(),
  status: choice(nettingStatuses),
  netted_on: z.string(),
  due_on: z.string(),
  proposer_id: id(),
  proposer_name: z.string(),
  proposed_at: z.string(),
  round: z.int(),
  settled_on: z.string().nullable(),
  reversed_on: z.string().nullable(),
  reverse_note: z.string().nullable(),
  parties_count: z.int(),
  answered_count: z.int(),
  /** the own organisation's answer; null where it has not answered, or is only looking on */
  own_answer: z.string().nullable(),
  own_position: z.string().nullable(),
}

export const NettingHead = z.object(head).openapi('NettingHead')
export type NettingHead = z.infer<typeof NettingHead>

export const NettingParty = z.object({
  organisation_id: id(),
  name: z.string(),
  is_owed: z.string(),
  owes: z.string(),
  /** what it is owed less what it owes */
  position: z.string(),
  answer: choice(['accepted', 'rejected', 'silent']).nullable(),
  answered_at: z.string().nullable(),
  /** false for who dropped out */
  taking_part: z.boolean(),
})
export type NettingParty = z.infer<typeof NettingParty>

const pair = { debtor_id: id(), debtor_name: z.string(), creditor_id: id(), creditor_name: z.string() }
export const NettingFlow = z.object({ ...pair, items: z.int(), amount: z.string() })
export const NettingTransfer = z.object({
  id: id(),
  ...pair,
  amount: z.string(),
  due_on: z.string().nullable(),
  paid_by: z.string().nullable(),
  paid_on: z.string().nullable(),
})
export type NettingTransfer = z.infer<typeof NettingTransfer>
export const NettingItem = z.object({
  document_id: id(),
  number: z.string(),
  type: choice(['invoice', 'credit_note']),
  ...pair,
  issued_on: z.string(),
  due_on: z.string(),
  total: z.string(),
  amount: z.string(),
})

export const Netting = z
  .object({
    ...head,
    parties: z.array(NettingParty),
    /** what each owed each before */
    flows: z.array(NettingFlow),
    /** what remains to be paid */
    transfers: z.array(NettingTransfer),
    /** the own documents that it covers */
    items: z.array(NettingItem),
    figures,
    /** since the figures were last made anew: what pairs owe otherwise */
    changes: z.array(
      z.object({
        debtor_id: z.string(),
        creditor_id: z.string(),
        was: z.string(),
        is: z.string(),
      }),
    ),
  })
  .openapi('Netting')
export type Netting = z.infer<typeof Netting>

export const CircleMember = z
  .object({ organisation_id: id(), name: z.string(), joined_on: z.string() })
  .openapi('NettingCircleMember')
export type CircleMember = z.infer<typeof CircleMember>

/** What is still to be paid after a netting. */
export const TransferToPay = z
  .object({
    netting_id: id(),
    id: id(),
    ...pair,
    /** where it is paid to; null where the creditor has not said */
    creditor_iban: z.string().nullable(),
    amount: z.string(),
    settled_on: z.string(),
    due_on: z.string(),
    /** what the payment says, by which both sides know it */
    reference: z.string(),
  })
  .openapi('NettingTransferToPay')
export type TransferToPay = z.infer<typeof TransferToPay>
