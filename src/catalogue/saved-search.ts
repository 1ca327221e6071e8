/** A search that somebody keeps: the catalogue's filter under a name. No database. */
import { z } from '@hono/zod-openapi'
import { id, text } from '../http/fields.ts'
import { accessibilities, careLanguages, deliveryModes, ownerTypes } from './offer.ts'

/** A person keeps so many at most. */
export const mostSaved = 20

const oneOf = (values: readonly string[]) =>
  z
    .string()
    .refine((value) => value === '' || values.includes(value), 'validation.choice')
    .optional()
    .default('')
const typed = (longest: number) =>
  z.string().trim().max(longest, `validation.too_long|maximum=${longest}`).optional().default('')

/** The filter as the catalogue's address has it, without the date: what is kept asks for what is free now. */
export const SavedFilter = z.strictObject({
  q: typed(200),
  kind_code: typed(60),
  target_group: typed(60),
  seller_id: z
    .string()
    .refine((value) => value === '' || id().safeParse(value).success, 'validation.id')
    .optional()
    .default(''),
  delivery_mode: oneOf(deliveryModes),
  language: oneOf(careLanguages),
  accessibility: oneOf(accessibilities),
  owner_type: oneOf(ownerTypes),
  near: typed(100),
  within: z
    .string()
    .regex(/^(?:[1-9]\d{0,2})?$/, 'validation.number')
    .optional()
    .default(''),
  priced: oneOf(['yes']),
})
export type SavedFilter = z.output<typeof SavedFilter>

export const SavedSearchInput = z.strictObject({ name: text(80), filter: SavedFilter }).openapi('SavedSearchInput')
export type SavedSearchInput = z.output<typeof SavedSearchInput>

export const SavedSearch = z
  .object({
    id: id(),
    name: z.string(),
    filter: SavedFilter,
    offers: z.int().openapi({ description: 'Offers found that have a free place today, or are not limited by places' }),
    places: z.int().openapi({ description: 'Their free places today' }),
    created_at: z.string(),
  })
  .openapi('SavedSearch')

/** The catalogue with this filter. */
export function addressOf(filter: SavedFilter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== '')
  // Without `near` the catalogue would take the reader's own town.
  const query = new URLSearchParams({ near: '', ...Object.fromEntries(given) })
  return `/catalogue?${query}`
}
