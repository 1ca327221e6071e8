/** Files that are made here, as answers. What strangers sent is answered by `messages/answer-file.ts`. */
import type { C } from './app.ts'

/** What a file is by its ending. */
export const fileTypes = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml; charset=utf-8',
  zip: 'application/zip',
} as const
export type FileEnding = keyof typeof fileTypes

/**
 * A file to be saved; `inline` to be looked at first.
 * @param name of letters, figures, `-`, `_` and `.`, without the ending
 */
export function answerFile(
  c: C,
  name: string,
  ending: FileEnding,
  content: string | Uint8Array | ArrayBuffer | ReadableStream,
  disposition: 'attachment' | 'inline' = 'attachment',
): Response {
  return c.body(content as string | Uint8Array<ArrayBuffer>, 200, {
    'content-type': fileTypes[ending],
    'content-disposition': `${disposition}; filename="${name}.${ending}"`,
  })
}

/** What stands before the ending in the last part of the address: the record whose file is asked for; null for another ending. */
export function idBefore(c: C, ending: FileEnding): string | null {
  const last = c.req.path.split('/').at(-1) ?? ''
  return last.endsWith(`.${ending}`) ? last.slice(0, -ending.length - 1) : null
}
