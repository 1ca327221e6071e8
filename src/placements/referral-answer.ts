/** How a seller may answer other than by yes or no: a place offered for choice, another proposal, a place kept for a time. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, instant } from '../http/fields.ts'
import { priceClass, surcharges } from './funding.ts'
import { note } from './referral.ts'
import { namedWeekdays } from './weekdays.ts'

/** For how many days at most a place is kept while papers are completed. */
export const longestReservation = 30

/** A place offered for the buyer's choice, on request kept until an hour. */
export const PlaceOffer = z
  .strictObject({ note: note(), held_until: instant().nullable().optional().default(null) })
  .openapi('PlaceOffer')
export type PlaceOffer = z.infer<typeof PlaceOffer>

/** What would be possible instead: the price itself stays that of the price list. */
export const CounterOfferInput = z
  .strictObject({
    offer_id: id().nullable().optional().default(null).openapi({ description: 'Another offer of the same seller' }),
    wanted_from: date(),
    wanted_to: date().nullable().optional().default(null),
    price_class: priceClass,
    surcharges,
    weekdays: namedWeekdays()
      .optional()
      .openapi({
        type: ['array', 'null'],
        items: { type: 'integer', minimum: 1, maximum: 7 },
        description: 'Other days of the week, 1 is Monday; null: every day; left out: as asked for',
      }),
    conditions: note(),
  })
  .refine(...inOrder<{ wanted_from: string; wanted_to: string | null }>('wanted_from', 'wanted_to'))
  .openapi('CounterOfferInput')
export type CounterOfferInput = z.infer<typeof CounterOfferInput>

/** Which proposal is answered: the one that was seen. */
export const CounterAnswer = z.strictObject({ counter_offer_id: id(), note: note() }).openapi('CounterAnswer')
export type CounterAnswer = z.infer<typeof CounterAnswer>

export const ReservationInput = z.strictObject({ held_until: instant(), note: note() }).openapi('ReservationInput')
export type ReservationInput = z.infer<typeof ReservationInput>

/** The buyer's choice among the places offered. */
export const AnswerChoice = z.strictObject({ note: note() }).openapi('AnswerChoice')
export type AnswerChoice = z.infer<typeof AnswerChoice>

export const CounterOffer = z
  .object({
    id: z.string(),
    offer_id: z.string(),
    offer_title: z.string(),
    wanted_from: z.string(),
    wanted_to: z.string().nullable(),
    price_class: z.string().nullable(),
    surcharges: z.array(z.string()),
    weekdays: z.array(z.int()).nullable().openapi({ description: 'Days of the week, 1 is Monday; null: every day' }),
    conditions: z.string(),
    status: choice(['open', 'accepted', 'declined', 'withdrawn']),
    made_at: z.string(),
    answered_at: z.string().nullable(),
    answer_note: z.string(),
  })
  .openapi('CounterOffer')

export const Reservation = z
  .object({
    id: z.string(),
    places: z.int(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    held_until: z.string(),
    status: choice(['held', 'used', 'released', 'refused', 'expired']),
    in_force: z.boolean(),
    note: z.string(),
    created_at: z.string(),
    ended_at: z.string().nullable(),
  })
  .openapi('Reservation')

/** What was said to a referral beside its own status. */
export const ReferralAnswers = z
  .object({ counter_offers: z.array(CounterOffer), reservations: z.array(Reservation) })
  .openapi('ReferralAnswers')
