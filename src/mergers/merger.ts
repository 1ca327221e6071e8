/** A municipality's merger as it is recorded and shown. Pure. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, optionalText, text } from '../http/fields.ts'
import type { Succession } from '../identity/succession.ts'
import { type FieldError, refuse } from '../refusal.ts'

export const mergerStatuses = ['recorded', 'carried_out', 'withdrawn'] as const
export type MergerStatus = (typeof mergerStatuses)[number]

const parties = {
  predecessor_ids: z
    .array(id().toLowerCase())
    .min(1, 'validation.required')
    .max(20)
    .refine((ids) => new Set(ids).size === ids.length, 'validation.other_choice')
    .openapi({ description: 'Who merges and is no more' }),
  successor_id: id()
    .toLowerCase()
    .openapi({ description: 'Into whom: one that is there already, or was added for it' }),
  merged_on: date().openapi({ description: 'The first day under the successor: the first of a month' }),
}

export const MergerInput = z
  .strictObject({
    ...parties,
    act_number: text(120).openapi({ description: 'The legal act that merges them' }),
    act_on: date(),
    note: optionalText(1000).transform((given) => given ?? ''),
  })
  .openapi('MergerInput')
export type MergerInput = z.infer<typeof MergerInput>

/** What goes over, in numbers. Sums are what the documents' invoices and credit notes leave open. */
export const Moves = z
  .object({
    stays_bought: z.int().openapi({ description: 'Stays that the predecessors pay for' }),
    stays_sold: z.int().openapi({ description: 'Stays in places that they give' }),
    residents: z.int(),
    offers: z.int(),
    agreements: z.int().openapi({ description: 'Agreements that go on with the successor as the party' }),
    agreements_ended: z.int().openapi({ description: 'Agreements that end, because another one takes their place' }),
    requests: z.int(),
    reservations: z.int(),
    queue_entries: z.int(),
    documents: z.int().openapi({ description: 'Documents of which something is open' }),
    to_pay: z.string(),
    to_receive: z.string(),
  })
  .openapi('MergerMoves')
export type Moves = z.infer<typeof Moves>

export const Merger = z
  .object({
    id: id(),
    region_id: id(),
    successor_id: id(),
    successor_name: z.string(),
    predecessors: z.array(z.object({ id: id(), name: z.string() })),
    merged_on: z.string(),
    act_number: z.string(),
    act_on: z.string(),
    note: z.string(),
    status: choice(mergerStatuses),
    recorded_at: z.string(),
    withdrawn_at: z.string().nullable(),
    carried_out_at: z.string().nullable(),
  })
  .openapi('Merger')
export type Merger = z.infer<typeof Merger>

export const MergerWithMoves = Merger.extend({ moves: Moves }).openapi('MergerWithMoves', {
  description: 'With what goes over now, or went over when it was carried out; of a withdrawn one, what would have',
})
export type MergerWithMoves = z.infer<typeof MergerWithMoves>

/** The parties of a merger as they are checked. */
export interface Party {
  id: string
  name: string
  kind: string
  region_id: string | null
  valid_from: string
  valid_to: string | null
  /** it has merged already, or is about to */
  taken: boolean
}

/**
 * What is wrong with the parties and the day. The first of a month, because a month is invoiced by one: and not before this
 * month, since what was invoiced before stays as it is.
 * @param region_id whose municipalities may merge
 * @throws Refusal `merger_party_taken`
 */
export function mistakesOf(
  input: Pick<MergerInput, 'predecessor_ids' | 'successor_id' | 'merged_on'>,
  known: readonly Party[],
  region_id: string,
  today: string,
): FieldError[] {
  const { predecessor_ids, successor_id, merged_on } = input
  const here = new Map(
    known.filter((party) => party.region_id === region_id && party.kind !== 'region').map((it) => [it.id, it]),
  )
  const mistakes: FieldError[] = []
  const successor = here.get(successor_id)
  if (predecessor_ids.some((one) => !here.has(one)))
    mistakes.push({ path: 'predecessor_ids', message: 'validation.not_known' })
  if (successor === undefined) mistakes.push({ path: 'successor_id', message: 'validation.not_known' })
  if (predecessor_ids.includes(successor_id))
    mistakes.push({ path: 'successor_id', message: 'validation.other_choice' })
  if (!merged_on.endsWith('-01')) mistakes.push({ path: 'merged_on', message: 'merger.not_the_first' })
  else if (merged_on < `${today.slice(0, 7)}-01`) mistakes.push({ path: 'merged_on', message: 'merger.month_over' })
  if (mistakes.length > 0) return mistakes
  for (const one of [...predecessor_ids, successor_id].map((each) => here.get(each)!)) {
    if (
      one.taken ||
      (one.id !== successor_id && one.valid_from >= merged_on) ||
      (one.valid_to !== null && one.valid_to < merged_on)
    )
      refuse('merger_party_taken', { name: one.name })
  }
  if (successor!.valid_from > merged_on) {
    return [{ path: 'merged_on', message: 'merger.successor_not_there', values: { date: successor!.valid_from } }]
  }
  return []
}

/** A merger as those who carry their part of it out are told. */
export function successionOf(
  {
    id: merger_id,
    predecessors,
    successor_id,
    merged_on,
  }: Pick<Merger, 'id' | 'predecessors' | 'successor_id' | 'merged_on'>,
  now: Date,
): Succession {
  const predecessor_ids = predecessors.map((one) => one.id)
  return { merger_id, predecessor_ids, successor_id, succeeded_on: merged_on, at: now.toISOString() }
}
