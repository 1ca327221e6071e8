/** How a buyer wants its documents: one schema for the API and the form, and what it comes to for a document. */

/** How documents leave for the buyer; `download`: it fetches them itself. */
export const channels = ['download', 'email', 'access_point', 'file_drop'] as const
export type Channel = (typeof channels)[number]

/** One line for each case, or totals by service, price and unit. */
export const wishLines = ['cases', 'totals'] as const
export type WishLines = (typeof wishLines)[number]

/** What holds for one seller's documents to one buyer, all said. */
export type DocumentWishes = {
  channel: Channel
  /** where documents go by e-mail; null where nobody said */
  email: string | null
  einvoice_scheme: string | null
  einvoice_id: string | null
  /** BT-10: the buyer's institution code; null: its registration number */
  institution_code: string | null
  /** BT-19: the buyer's budget code */
  budget_code: string | null
  /** BT-12 */
  agreement_number: string | null
  /** BT-13: order or approval the buyer wants to see */
  order_number: string | null
  lines: WishLines
  /** whether the e-invoice carries the file on paper */
  pdf_in_xml: boolean
}
