/** A bridging stay: a place for the time until another one begins. Pure. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { choice, id } from '../http/fields.ts'
import { refuse } from '../refusal.ts'
import { leavesUncharged } from './stay-rule.ts'

export const awaitedThings = ['request', 'referral', 'queue_entry'] as const
export type Awaited = (typeof awaitedThings)[number]

/** What the person waits for meanwhile. */
export const Bridges = z.strictObject({ awaits: choice(awaitedThings), id: id() }).openapi('Bridges')
export type Bridges = z.infer<typeof Bridges>

export const Bridge = z
  .object({
    id: id(),
    resident_token: z.string(),
    awaits: choice(awaitedThings),
    awaited_id: id(),
    kinds: z.array(z.string()).openapi({ description: 'A place of one of these kinds ends the bridging stay' }),
    offer_title: z.string().nullable(),
    placement_id: z
      .string()
      .nullable()
      .openapi({ description: 'The bridging stay; null while nobody has taken the person' }),
    valid_from: z.string().nullable(),
    valid_to: z.string().nullable(),
    place_id: z.string().nullable().openapi({ description: 'The awaited stay, once it is there' }),
    place_from: z.string().nullable(),
    shortened: z
      .boolean()
      .openapi({ description: 'The awaited place ended the bridging stay before its agreed last date' }),
    last_on: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('Bridge')

type Stay = { valid_from: string; unit: string; departure_day_charged: boolean }

/**
 * The last date of a bridging stay when the awaited place begins, so that no day is paid twice (R1): the day on which the place
 * begins where the departure day is free, else the day before; and never after what was agreed for it.
 * @param longest its own last date as agreed, null where it has none
 * @throws Refusal `bridge_begins_later` where the place would begin before the bridging stay has had a day of its own
 */
export function endOfBridge(stay: Stay, longest: string | null, place_from: string): string {
  if (place_from <= stay.valid_from) refuse('bridge_begins_later', { date: stay.valid_from })
  const last = leavesUncharged(stay) ? place_from : addDays(place_from as PlainDate, -1)
  return longest !== null && longest < last ? longest : last
}
