/** The days of a month as the buyer confirms them or objects to them, before the seller closes it. No database. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, month, words } from '../http/fields.ts'
import { refuse } from '../refusal.ts'

export const objectionReasons = [
  'not_resident',
  'not_delivered',
  'wrong_quantity',
  'wrong_absence',
  'double',
  'other',
] as const
export type ObjectionReason = (typeof objectionReasons)[number]

/** A day as it is recorded: what was given, what was missed without notice, the absence that explains it. */
export type RecordedDay = { date: string; delivered: string | null; no_show: string | null; absence: string | null }

/** The buyer's last word about a day, with the day as it was recorded then. */
export type Word = Omit<RecordedDay, 'date'> & {
  verdict: 'confirmed' | 'objected'
  reason: ObjectionReason | null
  note: string
}

export type DayState = 'open' | 'confirmed' | 'objected' | 'changed'
export type ConfirmedDay = RecordedDay & { state: DayState; word: Word | null }

/** A word holds as long as the day is recorded as it was then; a day that was changed since is open again. */
export function dayWith(day: RecordedDay, word: Word | null): ConfirmedDay {
  if (word === null) return { ...day, state: 'open', word }
  const same = word.delivered === day.delivered && word.no_show === day.no_show && word.absence === day.absence
  return { ...day, state: same ? word.verdict : 'changed', word }
}

/** What was seen of a placement's month, so that nobody confirms what has changed meanwhile: `02:1 03:/1 04:=hospital`. */
export function seenOf(days: readonly RecordedDay[]): string {
  return days
    .map(({ date: on, delivered, no_show, absence }) => {
      const missed = no_show === null ? '' : `/${no_show}`
      return `${on.slice(8)}:${delivered ?? ''}${missed}${absence === null ? '' : `=${absence}`}`
    })
    .join(' ')
}

const objection = z.strictObject({
  date: date(),
  reason: choice(objectionReasons),
  note: words(1000).optional().default(''),
})

export const ConfirmationInput = z
  .strictObject({
    month: month(),
    placements: z
      .array(
        z.strictObject({
          placement_id: id().toLowerCase(),
          seen: z
            .string()
            .max(2000)
            .openapi({ description: 'As the list gave it: what is confirmed is what was seen' }),
          confirmed: z
            .union([z.literal('all'), z.array(date()).max(31)])
            .optional()
            .default([])
            .openapi({
              description: '`all`: every day that is open; or single dates, also of days objected to before',
            }),
          objected: z.array(objection).max(31).optional().default([]),
        }),
      )
      .min(1, 'validation.required')
      .max(500),
  })
  .openapi('ConfirmationInput')
export type ConfirmationInput = z.output<typeof ConfirmationInput>

/** What to write down for one placement: a day both confirmed and objected to is objected to. */
export function wordsFor(
  days: readonly ConfirmedDay[],
  { confirmed, objected }: Pick<ConfirmationInput['placements'][number], 'confirmed' | 'objected'>,
): { day: RecordedDay; verdict: Word['verdict']; reason: ObjectionReason | null; note: string }[] {
  const known = new Map(days.map((day) => [day.date, day]))
  const dayOn = (on: string) => known.get(on) ?? refuse('day_not_counted', { date: on })
  const objections = new Map(objected.map((each) => [each.date, each]))
  const open = days.filter(({ state }) => state === 'open' || state === 'changed').map((day) => day.date)
  const dates = (confirmed === 'all' ? open : confirmed).filter((on) => !objections.has(on))
  return [
    ...Array.from(new Set(dates), (on) => ({ day: dayOn(on), verdict: 'confirmed' as const, reason: null, note: '' })),
    ...Array.from(objections.values(), ({ date: on, reason, note }) => {
      return { day: dayOn(on), verdict: 'objected' as const, reason, note }
    }),
  ]
}

const quantity = z.string().nullable().openapi({ example: '1' })
export const Confirmation = z
  .object({
    placement_id: id(),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    token: z.string().nullable().openapi({ description: 'The resident’s token, never a name' }),
    offer_title: z.string(),
    unit: z.string(),
    month: month(),
    closed: z.boolean().openapi({ description: 'The seller has closed the month: objections are disputes now' }),
    object_on: z.string().openapi({ format: 'date', description: 'Until when the seller waits for a word' }),
    silence: choice(['silence_confirms', 'silence_withholds']).openapi({ description: 'What saying nothing comes to' }),
    seen: z.string().openapi({ description: 'To be sent back with what is confirmed' }),
    days: z.array(
      z.object({
        date: z.string().openapi({ format: 'date' }),
        delivered: quantity,
        no_show: quantity,
        absence: z.string().nullable(),
        state: choice(['open', 'confirmed', 'objected', 'changed']).openapi({
          description: 'changed: recorded otherwise since the buyer spoke, and open again',
        }),
        word: z
          .object({
            verdict: choice(['confirmed', 'objected']),
            delivered: quantity,
            no_show: quantity,
            absence: z.string().nullable(),
            reason: choice(objectionReasons).nullable(),
            note: z.string(),
          })
          .nullable(),
      }),
    ),
  })
  .openapi('Confirmation')
