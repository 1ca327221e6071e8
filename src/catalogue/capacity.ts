/** Capacity: how many places an offer has from when to when. What is free is derived from placements, never typed. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { date, id, inOrder, whole } from '../http/fields.ts'

export const CapacityInput = z
  .strictObject({
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
    places: whole(0, 100_000),
    made_up: z.boolean('validation.invalid').default(false),
    above_agreed: z
      .boolean('validation.invalid')
      .optional()
      .openapi({
        description:
          'Where stays that are given would be above the capacity on a day on which it is cut, the change is refused ' +
          '(`stays_above_capacity`) until this says that it is known. The stays stay.',
      }),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('CapacityInput')
export type CapacityInput = z.infer<typeof CapacityInput>
export type CapacityDraft = z.input<typeof CapacityInput>

export const Capacity = z
  .object({
    id: id(),
    seller_id: id(),
    offer_id: id(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    places: z.int(),
    made_up: z.boolean(),
    recorded_at: z.string(),
  })
  .openapi('Capacity')

/** From when to when an offer has so many places. */
export interface PlacesHeld {
  offer_id: string
  valid_from: string
  valid_to: string | null
  places: number
}

/** The places of one day. `capacity` null: not limited by places. `free` below zero: more are taken than there are. */
export const DayVacancy = z
  .object({ date: z.string(), capacity: z.int().nullable(), taken: z.int(), free: z.int().nullable() })
  .openapi('DayVacancy')
export type DayVacancy = z.infer<typeof DayVacancy>

/** What is left of the capacity; null where places do not limit the offer. */
export function freePlaces(capacity: number | null, taken: number): number | null {
  return capacity === null ? null : capacity - taken
}

/** A week of the strip on the offer's page: its tightest day decides, because a stay needs a place on every day. */
export interface WeekVacancy {
  from: string
  to: string
  capacity: number | null
  taken: number
  free: number | null
}

/** Days in order, cut into weeks of seven from the first one. */
export function byWeek(days: readonly DayVacancy[]): WeekVacancy[] {
  const weeks: WeekVacancy[] = []
  for (let at = 0; at < days.length; at += 7) {
    const week = days.slice(at, at + 7)
    const tightest = week.reduce((worst, day) => ((day.free ?? Infinity) < (worst.free ?? Infinity) ? day : worst))
    const fullest = week.reduce((most, day) => (day.taken > most.taken ? day : most))
    const shown = tightest.free === null ? fullest : tightest
    weeks.push({
      from: week[0]!.date,
      to: week.at(-1)!.date,
      capacity: shown.capacity,
      taken: shown.taken,
      free: shown.free,
    })
  }
  return weeks
}

/**
 * What a new period does to those that are there: one that begins on the same date and is open as well is replaced, an open
 * one that began before ends the day before. Anything else that overlaps is left for the database to refuse.
 */
export function makeRoom<T extends { id: string; valid_from: string; valid_to: string | null }>(
  existing: readonly T[],
  added: { valid_from: string; valid_to: string | null },
): { replaced: T | null; ended: { id: string; valid_to: string } | null } {
  const open = existing.find((period) => period.valid_to === null)
  if (added.valid_to !== null || open === undefined || open.valid_from > added.valid_from)
    return { replaced: null, ended: null }
  if (open.valid_from === added.valid_from) return { replaced: open, ended: null }
  return { replaced: null, ended: { id: open.id, valid_to: addDays(added.valid_from as PlainDate, -1) } }
}

/**
 * The periods of an offer after one is added or corrected, as the commands leave them.
 * @param changed the id of the period that is corrected; null: a new one
 */
export function withPeriod<T extends PlacesHeld & { id: string }>(
  existing: readonly T[],
  { valid_from, valid_to, places }: CapacityInput,
  offer_id: string,
  changed: string | null,
): PlacesHeld[] {
  const { replaced, ended } =
    changed === null ? makeRoom(existing, { valid_from, valid_to }) : { replaced: { id: changed }, ended: null }
  const kept = existing
    .filter(({ id }) => id !== replaced?.id)
    .map((period) => (period.id === ended?.id ? { ...period, valid_to: ended.valid_to } : period))
  return [...kept, { offer_id, valid_from, valid_to, places }]
}
