/** How a buyer wants its documents: one schema for the API and the form, and what it comes to for one seller's documents. */
import { z } from '@hono/zod-openapi'
import { choice, id, optionalText, text } from '../http/fields.ts'
import { isAddressIn, isAddressScheme, namedSchemes } from '../identity/electronic-address.ts'

/** How documents leave for the buyer; `download`: it fetches them itself. */
export const channels = ['download', 'email', 'access_point', 'file_drop'] as const
export type Channel = (typeof channels)[number]

/** One line for each case, or totals by service, price and unit. */
export const wishLines = ['cases', 'totals'] as const
export type WishLines = (typeof wishLines)[number]

/** What a buyer said, for all sellers or for one; what is null is left to the wish for all sellers, then to what is usual. */
export type Wish = {
  channel: Channel | null
  email: string | null
  einvoice_scheme: string | null
  einvoice_id: string | null
  institution_code: string | null
  budget_code: string | null
  agreement_number: string | null
  order_number: string | null
  lines: WishLines | null
  pdf_in_xml: boolean | null
}

/** What holds for one seller's documents to one buyer, all said. */
export type DocumentWishes = Omit<Wish, 'channel' | 'lines' | 'pdf_in_xml'> & {
  channel: Channel
  lines: WishLines
  /** whether the e-invoice carries the file on paper */
  pdf_in_xml: boolean
}

type Reached = Pick<Wish, 'email' | 'einvoice_scheme' | 'einvoice_id'>

/**
 * What holds: what was said for this seller, else for all sellers, else what is usual.
 * @param own the organisation's own addresses
 */
export function wishesFrom(forSeller: Wish | undefined, forAll: Wish | undefined, own: Reached): DocumentWishes {
  const said = [forSeller, forAll]
  const first = <Key extends keyof Wish>(key: Key): Wish[Key] | null =>
    said.find((wish) => wish !== undefined && wish[key] !== null)?.[key] ?? null
  const reached = said.find((wish) => wish !== undefined && wish.einvoice_scheme !== null) ?? own
  return {
    channel: first('channel') ?? 'download',
    email: first('email') ?? own.email,
    einvoice_scheme: reached.einvoice_scheme,
    einvoice_id: reached.einvoice_id,
    institution_code: first('institution_code'),
    budget_code: first('budget_code'),
    agreement_number: first('agreement_number'),
    order_number: first('order_number'),
    lines: first('lines') ?? 'cases',
    pdf_in_xml: first('pdf_in_xml') ?? false,
  }
}

/** What buyers have said and what was agreed, for the documents of one day. */
export type DocumentTerms = {
  /** by `<buyer> <seller>`, and by `<buyer> ` for all sellers */
  said: ReadonlyMap<string, Wish>
  /** by `<seller> <buyer>`: the number of the agreement that is in force */
  agreements: ReadonlyMap<string, string>
}

/** What holds for one seller's documents, by buyer. The agreement kept here goes before a number that a buyer has written. */
export function termsFor(
  seller_id: string,
  buyers: readonly (Reached & { id: string })[],
  { said, agreements }: DocumentTerms,
): Map<string, DocumentWishes> {
  return new Map(
    buyers.map((buyer) => {
      const wishes = wishesFrom(said.get(`${buyer.id} ${seller_id}`), said.get(`${buyer.id} `), buyer)
      const agreed = agreements.get(`${seller_id} ${buyer.id}`)
      return [buyer.id, agreed === undefined ? wishes : { ...wishes, agreement_number: agreed }]
    }),
  )
}

const optional = <T extends z.ZodType>(schema: T) => schema.nullable().optional().default(null)

/** As it is entered. Who reads the documents elsewhere checks these too: what is wrong is said here, not on the last evening. */
export const WishInput = z
  .strictObject({
    channel: optional(choice(channels)),
    email: optional(z.email('validation.email').max(200)),
    einvoice_scheme: optional(z.string().trim().toUpperCase().refine(isAddressScheme, 'validation.einvoice_scheme')),
    einvoice_id: optional(
      z
        .string()
        .transform((identifier) => identifier.replace(/\s/g, ''))
        .pipe(text(60)),
    ),
    institution_code: optionalText(60),
    budget_code: optionalText(60),
    agreement_number: optionalText(60),
    order_number: optionalText(60),
    lines: optional(choice(wishLines)),
    pdf_in_xml: optional(z.boolean('validation.invalid')),
  })
  .superRefine((value, refused) => {
    const { einvoice_scheme: scheme, einvoice_id: identifier } = value
    const issue = (field: string, message: string) => refused.addIssue({ code: 'custom', path: [field], message })
    if (scheme === null && identifier !== null) issue('einvoice_scheme', 'validation.required')
    if (scheme !== null && identifier === null) issue('einvoice_id', 'validation.required')
    if (scheme === null || identifier === null || isAddressIn(scheme, identifier)) return
    const known = (namedSchemes as readonly string[]).includes(scheme)
    issue('einvoice_id', known ? `validation.einvoice_id_${scheme}` : 'validation.einvoice_id')
  })
  .openapi('DocumentWishInput')
export type WishInput = z.infer<typeof WishInput>

/** As it is shown. */
export const WishShown = z
  .object({
    id: id(),
    buyer_id: id(),
    seller_id: id().nullable().openapi({ description: 'null: for all sellers that nothing else was said for' }),
    channel: choice(channels).nullable(),
    email: z.string().nullable(),
    einvoice_scheme: z.string().nullable(),
    einvoice_id: z.string().nullable(),
    institution_code: z.string().nullable().openapi({ description: 'BT-10; else the registration number' }),
    budget_code: z.string().nullable().openapi({ description: 'BT-19' }),
    agreement_number: z.string().nullable().openapi({ description: 'BT-12, where no agreement is kept here' }),
    order_number: z.string().nullable().openapi({ description: 'BT-13' }),
    lines: choice(wishLines).nullable().openapi({ description: 'A line for each case, or totals by service' }),
    pdf_in_xml: z.boolean().nullable().openapi({ description: 'Whether the e-invoice carries the PDF' }),
    changed_at: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('DocumentWish')
export type WishShown = z.infer<typeof WishShown>
