/** Lists with a cursor: a page says where the next one begins, whatever was added meanwhile. */
import { z } from '@hono/zod-openapi'
import { base64Url, fromBase64 } from '../base64.ts'
import { isPlainDate } from '../calendar.ts'
import { isId } from '../ids.ts'
import { refuseFields } from '../refusal.ts'

/** How many rows a page of a list shows. */
export const rowsOnPage = 50

export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1, 'validation.too_small|minimum=1')
    .max(200, 'validation.too_large|maximum=200')
    .default(50),
  cursor: z.string().max(500, 'validation.cursor').optional(),
}

/** The values of the last row's sort columns, as an opaque text. */
export function cursorOf(values: (string | number | null)[]): string {
  return base64Url(new TextEncoder().encode(JSON.stringify(values)))
}

const holds = {
  id: isId,
  date: isPlainDate,
  instant: (value: string) => !Number.isNaN(Date.parse(value)),
  whole: (value: string) => /^\d{1,9}$/.test(value),
  text: () => true,
}
/** What a sort column holds. */
export type CursorColumn = keyof typeof holds

/**
 * @param columns what the list is sorted by, or how many columns where they hold any text
 * @returns the sort values of `cursor`, null where there is none. @throws Refusal `invalid_input` for a text that is no cursor of this list
 */
export function readCursor(cursor: string | undefined, columns: number | readonly CursorColumn[]): string[] | null {
  if (cursor === undefined || cursor === '') return null
  const kinds = typeof columns === 'number' ? Array.from({ length: columns }, () => 'text' as const) : columns
  try {
    const values: unknown = JSON.parse(new TextDecoder().decode(fromBase64(cursor)))
    if (Array.isArray(values) && values.length === kinds.length) {
      const place = values.map(String)
      if (kinds.every((kind, index) => holds[kind](place[index]!))) return place
    }
  } catch {
    // told below, like any other text that is no cursor
  }
  return refuseFields([{ path: 'cursor', message: 'validation.cursor' }])
}

/** Rows fetched with `limit + 1` as a page: `{ items, next_cursor }`. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  key: (row: T) => (string | number | null)[],
): { items: T[]; next_cursor: string | null } {
  const items = rows.slice(0, limit)
  return { items, next_cursor: rows.length > limit ? cursorOf(key(items.at(-1)!)) : null }
}

/** An address with the questions that are asked; empty ones are left out. */
export function addressOf(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

/** The ways from a page of a list at this address: back to its first page, on to the next; null where there is none. */
export function waysOf(
  address: string,
  after: readonly string[] | null,
  next_cursor: string | null,
): { first: string | null; next: string | null } {
  const more = `${address}${address.includes('?') ? '&' : '?'}cursor=`
  return {
    first: after === null ? null : address,
    next: next_cursor === null ? null : more + next_cursor,
  }
}

/** The schema of such a page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() })
}
