/** Lists with a cursor: a page says where the next one begins, whatever was added meanwhile. */
import { z } from '@hono/zod-openapi'
import { refuseFields } from '../refusal.ts'

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
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(values))))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
}

/** @returns the sort values of `cursor`, null where there is none. @throws Refusal `invalid_input` for a text that is no cursor of ours */
export function readCursor(cursor: string | undefined, columns: number): string[] | null {
  if (cursor === undefined || cursor === '') return null
  try {
    const bytes = Uint8Array.from(atob(cursor.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
    const values = JSON.parse(new TextDecoder().decode(bytes))
    if (Array.isArray(values) && values.length === columns) return values.map(String)
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

/** The schema of such a page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() })
}
