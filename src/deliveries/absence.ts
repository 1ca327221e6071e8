/** Absences: periods, both ends inclusive, in which a placed resident was away (R6). No database. */
import { z } from '@hono/zod-openapi'
import { absenceKinds } from '../catalogue/offer.ts'
import { date, id, inOrder, text } from '../http/fields.ts'
import { note } from './delivery.ts'

const order = inOrder<{ valid_from: string; valid_to: string }>('valid_from', 'valid_to')

export const AbsenceChange = z
  .strictObject({ kind: text(60), valid_from: date(), valid_to: date(), note: note() })
  .refine(...order)
  .openapi('AbsenceChange')
export type AbsenceChange = z.input<typeof AbsenceChange>

export const AbsenceInput = z
  .strictObject({ placement_id: id(), kind: text(60), valid_from: date(), valid_to: date(), note: note() })
  .refine(...order)
  .openapi('AbsenceInput')
export type AbsenceInput = z.input<typeof AbsenceInput>

export const Absence = z
  .object({
    id: z.string(),
    placement_id: z.string(),
    seller_id: z.string(),
    buyer_id: z.string(),
    kind: z.string(),
    valid_from: z.string(),
    valid_to: z.string(),
    note: z.string(),
    recorded_at: z.string(),
    recorded_by: z.string().nullable(),
    withdrawn_at: z.string().nullable(),
  })
  .openapi('Absence')

/** The kinds of absence that may be recorded at an offer. @param rules the offer's `absence` column */
export function kindsAt(rules: unknown): string[] {
  const named = rules !== null && typeof rules === 'object' ? Object.keys(rules) : []
  return [...absenceKinds, ...named.filter((kind) => !(absenceKinds as readonly string[]).includes(kind))]
}

/**
 * True where the absence shares a date with the placement. It may reach over either edge of the stay: only the stay's own
 * dates are counted, and the day number counts from the absence's true first date (R6).
 */
export function touchesPlacement(
  absence: { valid_from: string; valid_to: string },
  placement: { valid_from: string; valid_to: string | null },
): boolean {
  return (
    absence.valid_to >= placement.valid_from &&
    (placement.valid_to === null || absence.valid_from <= placement.valid_to)
  )
}
