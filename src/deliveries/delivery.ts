/** Deliveries: what was given for a placement on a date, and what may not be recorded (R2). No database. */
import { z } from '@hono/zod-openapi'
import { choice, date, decimal, holdsPersonalCode, id } from '../http/fields.ts'
import { Decimal } from '../money.ts'
import { type FieldError, Refusal, type RefusalCode } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'

export const deliveryKinds = ['delivered', 'no_show'] as const
export type DeliveryKind = (typeof deliveryKinds)[number]

/** How many deliveries one request may carry. */
export const mostDeliveries = 2000

/** More than 0; beyond five digits it is a slip of the finger. */
export const quantity = () => decimal({ whole: 5, positive: true })

/** A remark that may be left out, without personal codes. */
export const note = () =>
  z
    .string('validation.invalid')
    .trim()
    .max(500, 'validation.too_long|maximum=500')
    .regex(/^(?:[\n\r\t]|\P{Cc})*$/u, 'validation.characters')
    .refine((written) => !holdsPersonalCode(written), 'validation.no_personal_code')
    .default('')

export const DeliveryInput = z
  .strictObject({
    placement_id: id(),
    delivered_on: date(),
    kind: choice(deliveryKinds).default('delivered'),
    quantity: quantity(),
    note: note(),
  })
  .openapi('DeliveryInput')

export const DeliveriesInput = z
  .strictObject({
    deliveries: z
      .array(DeliveryInput, 'validation.required')
      .min(1, 'validation.required')
      .max(mostDeliveries, `validation.too_many_items|maximum=${mostDeliveries}`),
  })
  .openapi('DeliveriesInput')

/** A delivery as it is handed to `recordDeliveries`; without a kind it was delivered. */
export type NewDelivery = z.input<typeof DeliveryInput>

export const Delivery = z
  .object({
    id: z.string(),
    placement_id: z.string(),
    seller_id: z.string(),
    buyer_id: z.string(),
    delivered_on: z.string(),
    kind: z.enum(deliveryKinds),
    quantity: z.string(),
    note: z.string(),
    recorded_at: z.string(),
    recorded_by: z.string().nullable(),
    withdrawn_at: z.string().nullable(),
  })
  .openapi('Delivery')

/** What is true of a placement when something is recorded for it. */
export interface PlacementOfDelivery {
  valid_from: string
  valid_to: string | null
  places: number
  unit: string
}

/** What is wrong with one delivery: the field, the code and the facts of the sentence; null where nothing is. */
export interface DeliveryFault {
  field: 'placement_id' | 'delivered_on'
  code: RefusalCode | null
  values: Record<string, string>
}

/**
 * R2: a delivery lies in its placement, is of a unit that deliveries are recorded for, and has happened already.
 * @param placement null where there is none that the recorder may record for
 * @param today the last date that has come
 */
export function faultOf(
  placement: PlacementOfDelivery | null,
  delivered_on: string,
  today: string,
): DeliveryFault | null {
  if (placement === null) return { field: 'placement_id', code: null, values: {} }
  if (!isRecordedUnit(placement.unit)) return { field: 'placement_id', code: 'unit_not_recorded', values: {} }
  const { valid_from, valid_to } = placement
  if (delivered_on < valid_from || (valid_to !== null && delivered_on > valid_to)) {
    const values = { date: delivered_on, from: valid_from, to: valid_to ?? '…' }
    return { field: 'delivered_on', code: 'delivery_outside_placement', values }
  }
  if (delivered_on > today) return { field: 'delivered_on', code: 'delivery_in_future', values: { date: delivered_on } }
  return null
}

/** A fault as a field error: the sentence of the refusal itself. @param path where in the input */
export function fieldErrorOf(fault: DeliveryFault, path: string): FieldError {
  return {
    path,
    message: fault.code === null ? 'validation.not_known' : `refusal.${fault.code}`,
    values: fault.values,
  }
}

/**
 * Refuses with every item named. Where all are wrong in one way that is the refusal's code, else `invalid_input`.
 * @throws Refusal always
 */
export function refuseItems(errors: FieldError[]): never {
  const [first] = errors
  const code = first?.message.startsWith('refusal.') ? (first.message.slice('refusal.'.length) as RefusalCode) : null
  const alike = code !== null && errors.every((error) => error.message === first?.message)
  throw new Refusal(alike ? code : 'invalid_input', alike ? (first?.values ?? {}) : {}, errors)
}

/**
 * What one day of a placement can hold at most before somebody should look again: a place is attended once a day, and a
 * day has 24 hours. The rules allow more, so it is a warning only. Null where no quantity is out of the ordinary.
 */
export function ordinaryDay(placement: PlacementOfDelivery): string | null {
  if (placement.unit === 'attended_day') return String(placement.places)
  if (placement.unit === 'hour') return String(24 * placement.places)
  return null
}

/** Exact sum of quantities: `'2'` and `'1.50'` are `'3.5'`. */
export function sumQuantities(quantities: Iterable<string>): string {
  let sum = new Decimal(0)
  for (const each of quantities) sum = sum.plus(each)
  return sum.toFixed()
}

/** True where both say the same figure (`'1'`, `'1.00'`), or both say nothing. */
export function sameQuantity(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b
  return new Decimal(a).equals(b)
}
