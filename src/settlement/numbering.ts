/** R18: the numbers of invoices and credit notes. */

/**
 * Numbers documents of one seller and year in the order of issue, without gaps.
 * @param last the last number the seller has given in that year; 0 when none
 * @returns the documents with their numbers, and the new last number to keep
 */
export function numberDocuments<T>(
  documents: readonly T[],
  last: number,
): { numbered: { document: T; number: number }[]; last: number } {
  const numbered = documents.map((document, index) => ({ document, number: last + index + 1 }))
  return { numbered, last: last + documents.length }
}
