import { refuse } from '../refusal.ts'
import type { NewFile } from './file.ts'

/** A file as it was sent, to be saved and never shown by the browser: it was written by somebody else. */
export function answerWithFile(file: NewFile): Response {
  if (file.content.length === 0) refuse('not_found')
  const plain = file.name.replace(/[^\w.-]/g, '_')
  return new Response(file.content as BodyInit, {
    headers: {
      'content-type': file.content_type,
      'content-length': String(file.size),
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  })
}
